-- What covers the family's things now, what ends first first. Of a policy the row that lasts longest
-- speaks; the law speaks for itself.
CREATE OR REPLACE FUNCTION warranty_panel(family uuid[], today date, now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'id', CASE WHEN running.policy_id IS NOT NULL
                THEN 'pol_' || replace(running.policy_id::text, '-', '')
                ELSE 'cov_' || replace(running.id::text, '-', '') END,
            'number', CASE WHEN policy.number IS NOT NULL
                THEN 'P-' || lpad(policy.number::text, 7, '0') END,
            'holding', 'hol_' || replace(running.holding_id::text, '-', ''),
            'product', product.name,
            'icon', kind.icon,
            'serial', unit.serial,
            'plan', coalesce(plan.code, 'legal'),
            'names', coalesce(terms.names, '{}'),
            'country', rule.country,
            'layer', running.layer,
            'starts_on', running.starts_on,
            'ends_on', running.ends_on - 1,
            'days_left', running.ends_on - 1 - today,
            'days_total', running.ends_on - 1 - running.starts_on,
            'days_used', today - running.starts_on,
            'burden_on', running.burden_on
        ) ORDER BY running.ends_on, running.layer, running.id), '[]')
        FROM (
            SELECT DISTINCT ON (cover.holding_id, coalesce(cover.policy_id, cover.id)) cover.*
            FROM warranty_cover AS cover
            WHERE cover.customer_id = ANY (family)
                AND cover.included
                AND cover.starts_on <= today
                AND cover.ends_on > today
            ORDER BY
                cover.holding_id, coalesce(cover.policy_id, cover.id), cover.component_path = '' DESC,
                cover.ends_on DESC
            LIMIT 200
        ) AS running
        JOIN warranty_unit AS unit
            ON unit.customer_id = running.customer_id AND unit.holding_id = running.holding_id
        JOIN products_product AS product ON product.id = unit.product_id
        JOIN products_kind AS kind ON kind.key = product.kind_id
        LEFT JOIN warranty_policy AS policy
            ON policy.id = running.policy_id AND policy.customer_id = running.customer_id
        LEFT JOIN warranty_terms AS terms ON terms.id = policy.terms_id
        LEFT JOIN warranty_plan AS plan ON plan.id = terms.plan_id
        LEFT JOIN warranty_legalrule AS rule ON rule.id = running.legal_rule_id
    );
END
$$;
