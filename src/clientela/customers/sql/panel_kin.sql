-- Who belongs to the customer: the main household first, and relations as this customer reads them.
-- Whose record is restricted is not named: only few may read it, and by its own page.
CREATE OR REPLACE FUNCTION customers_panel_kin(family uuid[], today date, now timestamptz)
RETURNS json LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN json_build_object(
        'households', coalesce((
            SELECT json_agg(json_build_object(
                'id', 'hou_' || replace(household.id::text, '-', ''),
                'name', household.name,
                'role', own.role,
                'main', own.is_main,
                'members', (
                    SELECT json_agg(json_build_object(
                        'id', 'cus_' || replace(one.id::text, '-', ''),
                        'name', one.name,
                        'role', one.role
                    ) ORDER BY one.name)
                    FROM (
                        SELECT DISTINCT ON (coalesce(customer.merged_into, customer.id))
                            coalesce(customer.merged_into, customer.id) AS id,
                            survivor.display_name AS name,
                            member.role
                        FROM customers_membership AS member
                        JOIN customers_customer AS customer ON customer.id = member.customer_id
                        JOIN customers_customer AS survivor
                            ON survivor.id = coalesce(customer.merged_into, customer.id)
                        WHERE member.household_id = household.id
                            AND member.ends_on IS NULL
                            AND survivor.hidden_since IS NULL
                            AND member.customer_id <> ALL (family)
                        ORDER BY 1, member.id
                        LIMIT 20
                    ) AS one
                )
            ) ORDER BY own.is_main DESC, own.id)
            FROM (
                SELECT DISTINCT ON (household_id) id, household_id, role, is_main
                FROM customers_membership
                WHERE customer_id = ANY (family) AND ends_on IS NULL
                ORDER BY household_id, customer_id <> family[1], id
                LIMIT 20
            ) AS own
            JOIN customers_household AS household ON household.id = own.household_id
        ), '[]'),
        'relations', coalesce((
            SELECT json_agg(json_build_object(
                'id', 'rel_' || replace(told.id::text, '-', ''),
                'kind', told.kind,
                'words', told.words,
                'customer', 'cus_' || replace(told.other_id::text, '-', ''),
                'name', told.name,
                'acts', told.acts,
                'other_acts', told.other_acts
            ) ORDER BY told.position, told.id)
            FROM (
                SELECT
                    relation.id, relation.kind_id AS kind, kind.position,
                    kind.labels AS words, relation.may_act AS acts,
                    relation.other_may_act AS other_acts,
                    coalesce(customer.merged_into, customer.id) AS other_id,
                    survivor.display_name AS name
                FROM customers_relation AS relation
                JOIN customers_relationkind AS kind ON kind.key = relation.kind_id
                JOIN customers_customer AS customer ON customer.id = relation.other_customer_id
                JOIN customers_customer AS survivor
                    ON survivor.id = coalesce(customer.merged_into, customer.id)
                WHERE relation.customer_id = ANY (family)
                    AND survivor.hidden_since IS NULL
                    AND (relation.ends_on IS NULL OR relation.ends_on > today)
                    AND (relation.starts_on IS NULL OR relation.starts_on <= today)
                UNION ALL
                SELECT
                    relation.id, relation.kind_id, kind.position, kind.labels_back,
                    relation.other_may_act, relation.may_act,
                    coalesce(customer.merged_into, customer.id), survivor.display_name
                FROM customers_relation AS relation
                JOIN customers_relationkind AS kind ON kind.key = relation.kind_id
                JOIN customers_customer AS customer ON customer.id = relation.customer_id
                JOIN customers_customer AS survivor
                    ON survivor.id = coalesce(customer.merged_into, customer.id)
                WHERE relation.other_customer_id = ANY (family)
                    AND survivor.hidden_since IS NULL
                    AND (relation.ends_on IS NULL OR relation.ends_on > today)
                    AND (relation.starts_on IS NULL OR relation.starts_on <= today)
                LIMIT 50
            ) AS told
            WHERE told.other_id <> ALL (family)
        ), '[]')
    );
END
$$;
