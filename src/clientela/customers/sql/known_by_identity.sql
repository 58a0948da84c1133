-- As resolve_one.sql for an identity, where everybody is seen: what calls ask all day.
SELECT coalesce(customer.merged_into, customer.id) AS survivor, customer.id AS named
FROM customers_identitykey AS key
JOIN customers_customer AS customer ON customer.id = key.customer_id
WHERE key.kind = %(kind)s AND key.value_norm = %(value)s
LIMIT 1000
