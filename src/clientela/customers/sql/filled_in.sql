-- Of customers of one type: how many there are (no key), and how many have each field.
SELECT NULL::text AS key, count(*) AS customers
FROM customers_customer
WHERE profile_type_id = %(profile_type)s AND merged_into IS NULL AND hidden_since IS NULL
UNION ALL
SELECT wanted.key, count(customer.id)
FROM unnest(%(keys)s::text[]) AS wanted (key)
LEFT JOIN customers_customer AS customer
    ON customer.profile_type_id = %(profile_type)s
    AND customer.merged_into IS NULL
    AND customer.hidden_since IS NULL
    AND customer.attributes ? wanted.key
GROUP BY wanted.key
