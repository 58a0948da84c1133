-- Whether somebody may see a customer: one of the whole company, of their branches, or theirs to look
-- after. A merged one is seen as its survivor is. No branches (NULL) is the whole company.

CREATE OR REPLACE FUNCTION customers_is_seen(
    wanted uuid, branches text[], person uuid, restricted boolean
) RETURNS boolean
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (branches IS NULL AND restricted) OR EXISTS (
        SELECT
        FROM customers_customer AS named
        JOIN customers_customer AS customer ON customer.id = coalesce(named.merged_into, named.id)
        WHERE named.id = wanted
            AND (restricted OR customer.hidden_since IS NULL)
            AND (
                branches IS NULL
                OR customer.branch = ''
                OR customer.branch = ANY (branches)
                OR customer.owner_id = person
            )
    );
END
$$;
