-- Everybody known by one identity, merged ones as their survivor.
SELECT DISTINCT coalesce(customer.merged_into, customer.id)
FROM customers_identitykey AS key
JOIN customers_customer AS customer ON customer.id = key.customer_id
WHERE key.kind = %(kind)s
    AND key.kind <> ALL (%(unsought)s::text[])
    AND key.value_norm = %(value)s
    AND (
        %(branches)s::text[] IS NULL AND %(restricted)s
        OR customers_is_seen(customer.id, %(branches)s::text[], %(person)s::uuid, %(restricted)s)
    )
LIMIT %(limit)s
