-- As resolve_one.sql for a name in another system, where everybody is seen: what tills ask all day.
SELECT coalesce(customer.merged_into, customer.id) AS survivor, customer.id AS named
FROM customers_externalid AS external
JOIN customers_customer AS customer ON customer.id = external.customer_id
WHERE external.source = %(source)s AND external.external_id = %(value)s
LIMIT 1000
