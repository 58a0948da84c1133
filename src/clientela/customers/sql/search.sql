-- Customers by words (each must start some word of theirs) and by exact or tail identities; a merged
-- one answers as its survivor, and says by which name it was found. Exact identities first, then whole
-- words, then latest activity; of words the way that is short (worded.sql).
WITH exact AS (
    SELECT customer_id, 0 AS rank, kind, value_norm AS value
    FROM customers_identitykey
    WHERE value_norm = ANY (%(values)s::text[]) AND kind <> ALL (%(unsought)s::text[])
    LIMIT 200
),
tail AS (
    SELECT customer_id, 1 AS rank, kind, value_norm AS value
    FROM customers_identitykey
    WHERE kind = 'phone'
        AND %(tail)s::text <> ''
        AND kind <> ALL (%(unsought)s::text[])
        AND reverse(value_norm) LIKE reverse(%(tail)s::text) || '%%'
    LIMIT 200
),
external AS (
    SELECT customer_id, 0 AS rank, 'reference' AS kind, external_id AS value
    FROM customers_externalid
    WHERE external_id = ANY (%(values)s::text[])
    LIMIT 200
),
worded AS (
    SELECT id AS customer_id, 2 AS rank, '' AS kind, '' AS value
    FROM customers_worded_by_index(
        nullif(%(whole)s::text, '')::tsquery, %(limit)s * 2, %(branches)s::text[], %(person)s::uuid,
        %(restricted)s
    ) AS id
    WHERE %(whole)s::text <> '' AND NOT %(walk_whole)s::boolean
    UNION ALL
    SELECT id, 2, '', ''
    FROM customers_worded_by_walk(
        nullif(%(whole)s::text, '')::tsquery, %(limit)s * 2, %(branches)s::text[], %(person)s::uuid,
        %(restricted)s
    ) AS id
    WHERE %(whole)s::text <> '' AND %(walk_whole)s::boolean
    UNION ALL
    SELECT id, 3, '', ''
    FROM customers_worded_by_index(
        nullif(%(words)s::text, '')::tsquery, %(limit)s * 2, %(branches)s::text[], %(person)s::uuid,
        %(restricted)s
    ) AS id
    WHERE %(words)s::text <> '' AND NOT %(walk_words)s::boolean
    UNION ALL
    SELECT id, 3, '', ''
    FROM customers_worded_by_walk(
        nullif(%(words)s::text, '')::tsquery, %(limit)s * 2, %(branches)s::text[], %(person)s::uuid,
        %(restricted)s
    ) AS id
    WHERE %(words)s::text <> '' AND %(walk_words)s::boolean
),
found AS (
    SELECT DISTINCT ON (coalesce(customer.merged_into, customer.id))
        coalesce(customer.merged_into, customer.id) AS id, hit.rank, hit.kind, hit.value,
        CASE WHEN customer.merged_into IS NOT NULL THEN customer.display_name ELSE '' END AS former
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
    ORDER BY
        coalesce(customer.merged_into, customer.id), hit.rank, customer.merged_into IS NOT NULL,
        hit.kind = ''
)
SELECT found.id, found.rank, found.kind, found.value, found.former
FROM found
JOIN customers_customer AS customer ON customer.id = found.id
WHERE (
    %(branches)s::text[] IS NULL AND %(restricted)s
    OR customers_is_seen(customer.id, %(branches)s::text[], %(person)s::uuid, %(restricted)s)
)
ORDER BY found.rank, customer.last_activity_at DESC, customer.id DESC
LIMIT %(limit)s
