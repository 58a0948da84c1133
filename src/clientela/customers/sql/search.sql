-- Customers by words (each must start some word of theirs) and by exact or tail identities; a merged
-- one answers as its survivor. Exact identities first, then whole words, then latest activity.
WITH exact AS (
    SELECT customer_id, 0 AS rank
    FROM customers_identitykey
    WHERE value_norm = ANY (%(values)s::text[]) AND kind <> ALL (%(unsought)s::text[])
    LIMIT 200
),
tail AS (
    SELECT customer_id, 1 AS rank
    FROM customers_identitykey
    WHERE kind = 'phone'
        AND %(tail)s::text <> ''
        AND kind <> ALL (%(unsought)s::text[])
        AND reverse(value_norm) LIKE reverse(%(tail)s::text) || '%%'
    LIMIT 200
),
external AS (
    SELECT customer_id, 0 AS rank
    FROM customers_externalid
    WHERE external_id = ANY (%(values)s::text[])
    LIMIT 200
),
worded AS (
    SELECT id AS customer_id, CASE WHEN search @@ nullif(%(whole)s::text, '')::tsquery THEN 2 ELSE 3 END AS rank
    FROM customers_customer
    WHERE search @@ nullif(%(words)s::text, '')::tsquery
        AND customers_is_seen(id, %(branches)s::text[], %(person)s::uuid, %(restricted)s)
    ORDER BY last_activity_at DESC
    LIMIT 400
),
found AS (
    SELECT coalesce(customer.merged_into, customer.id) AS id, min(hit.rank) AS rank
    FROM (
        SELECT * FROM exact
        UNION ALL
        SELECT * FROM tail
        UNION ALL
        SELECT * FROM external
        UNION ALL
        SELECT * FROM worded
    ) AS hit
    JOIN customers_customer AS customer ON customer.id = hit.customer_id
    GROUP BY 1
)
SELECT found.id, found.rank
FROM found
JOIN customers_customer AS customer ON customer.id = found.id
WHERE customers_is_seen(customer.id, %(branches)s::text[], %(person)s::uuid, %(restricted)s)
ORDER BY found.rank, customer.last_activity_at DESC, customer.id DESC
LIMIT %(limit)s
