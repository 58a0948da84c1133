-- Whose data an actor has seen since then: each customer once, those seen last first.
SELECT
    seen.customer_id,
    count(DISTINCT seen.id),
    min(seen.seen_at),
    max(seen.seen_at),
    coalesce(array_agg(DISTINCT field) FILTER (WHERE field IS NOT NULL), '{}')
FROM (
    SELECT access.id, coalesce(customer.merged_into, access.customer_id) AS customer_id, access.seen_at, field
    FROM customers_access AS access
    LEFT JOIN customers_customer AS customer ON customer.id = access.customer_id
    LEFT JOIN LATERAL unnest(access.fields) AS field ON true
    WHERE access.actor = %(actor)s
        AND (%(since)s::timestamptz IS NULL OR access.seen_at >= %(since)s::timestamptz)
        AND (
            %(branches)s::text[] IS NULL AND %(restricted)s
            OR customers_is_seen(access.customer_id, %(branches)s::text[], %(person)s::uuid, %(restricted)s)
        )
) AS seen
GROUP BY seen.customer_id
ORDER BY max(seen.seen_at) DESC, seen.customer_id
LIMIT %(limit)s
