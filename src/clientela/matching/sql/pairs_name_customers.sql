-- A pair, or a decision on one, names two customers that are there.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg(what) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        'dup_' || replace(pair.id::text, '-', '') AS what, one.id IS NULL OR other.id IS NULL AS wrong
    FROM matching_pair AS pair
    LEFT JOIN customers_customer AS one ON one.id = pair.customer_id
    LEFT JOIN customers_customer AS other ON other.id = pair.other_id
    UNION ALL
    SELECT replace(told.id::text, '-', ''), one.id IS NULL OR other.id IS NULL
    FROM matching_notduplicate AS told
    LEFT JOIN customers_customer AS one ON one.id = told.customer_id
    LEFT JOIN customers_customer AS other ON other.id = told.other_id
) AS checked
