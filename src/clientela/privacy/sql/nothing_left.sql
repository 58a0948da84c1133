-- Who was erased as a whole has no name, no values, and nothing by which they could be found.
WITH erased AS (
    SELECT customer.*
    FROM privacy_erasure AS erasure
    JOIN customers_customer AS customer ON customer.id = erasure.customer_id
    WHERE erasure.classes = '[]'
),
judged AS (
    SELECT
        erased.id,
        erased.display_name <> '#' || erased.number
        OR erased.attributes <> '{}'
        OR EXISTS (SELECT FROM customers_identity AS own WHERE own.customer_id = erased.id)
        OR EXISTS (SELECT FROM customers_identitykey AS own WHERE own.customer_id = erased.id)
        OR EXISTS (SELECT FROM customers_externalid AS own WHERE own.customer_id = erased.id)
        AS is_wrong
    FROM erased
)
SELECT
    count(*),
    count(*) FILTER (WHERE is_wrong),
    (array_agg('cus_' || replace(id::text, '-', '')) FILTER (WHERE is_wrong))[1:10]
FROM judged
