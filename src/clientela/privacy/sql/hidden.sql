-- A survivor is hidden just where a restriction of the family that hides stands, or it was erased.
WITH standing AS (
    SELECT DISTINCT coalesce(customer.merged_into, customer.id) AS id
    FROM privacy_restriction AS restriction
    JOIN customers_customer AS customer ON customer.id = restriction.customer_id
    WHERE restriction.lifted_at IS NULL AND restriction.kind IN ('frozen', 'kept_by_law')
    UNION
    SELECT coalesce(customer.merged_into, customer.id)
    FROM privacy_erasure AS erasure
    JOIN customers_customer AS customer ON customer.id = erasure.customer_id
    WHERE erasure.classes = '[]'
),
judged AS (
    SELECT customer.id, (customer.hidden_since IS NULL) <> (standing.id IS NULL) AS is_wrong
    FROM customers_customer AS customer
    LEFT JOIN standing ON standing.id = customer.id
    WHERE customer.merged_into IS NULL
        AND (customer.hidden_since IS NOT NULL OR standing.id IS NOT NULL)
)
SELECT
    count(*),
    count(*) FILTER (WHERE is_wrong),
    (array_agg('cus_' || replace(id::text, '-', '')) FILTER (WHERE is_wrong))[1:10]
FROM judged
