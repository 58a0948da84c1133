-- What one reference by an identity or by a source's id means, as in resolve.sql: each record that is
-- known by it, a thousand at most, and the survivor of that record.
SELECT coalesce(customer.merged_into, customer.id) AS survivor, customer.id AS named
FROM (
    SELECT external.customer_id
    FROM customers_externalid AS external
    WHERE %(kind)s::text = 'external'
        AND external.source = %(source)s
        AND external.external_id = %(value)s
    UNION ALL
    SELECT key.customer_id
    FROM customers_identitykey AS key
    WHERE key.kind = %(kind)s
        AND key.value_norm = %(value)s
        AND key.kind <> ALL (%(unsought)s::text[])
) AS found
JOIN customers_customer AS customer ON customer.id = found.customer_id
WHERE (
    %(branches)s::text[] IS NULL AND %(restricted)s
    OR customers_is_seen(customer.id, %(branches)s::text[], %(person)s::uuid, %(restricted)s)
)
LIMIT 1000
