-- Everybody with a phone that ends in these digits, merged ones as their survivor.
SELECT DISTINCT coalesce(customer.merged_into, customer.id)
FROM customers_identitykey AS key
JOIN customers_customer AS customer ON customer.id = key.customer_id
WHERE key.kind = 'phone'
    AND key.kind <> ALL (%(unsought)s::text[])
    AND reverse(key.value_norm) LIKE reverse(%(tail)s::text) || '%%'
    AND (
        %(branches)s::text[] IS NULL AND %(restricted)s
        OR customers_is_seen(customer.id, %(branches)s::text[], %(person)s::uuid, %(restricted)s)
    )
LIMIT %(limit)s
