-- Both sides of a relation and every member of a household are customers, and every membership is of a
-- household that is there.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg(named) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        'rel_' || replace(relation.id::text, '-', '') AS named,
        one.id IS NULL OR other.id IS NULL AS wrong
    FROM customers_relation AS relation
    LEFT JOIN customers_customer AS one ON one.id = relation.customer_id
    LEFT JOIN customers_customer AS other ON other.id = relation.other_customer_id
    UNION ALL
    SELECT
        'hou_' || replace(member.household_id::text, '-', ''),
        household.id IS NULL OR customer.id IS NULL
    FROM customers_membership AS member
    LEFT JOIN customers_household AS household ON household.id = member.household_id
    LEFT JOIN customers_customer AS customer ON customer.id = member.customer_id
) AS told
