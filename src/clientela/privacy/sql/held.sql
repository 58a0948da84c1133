-- Every record of the customers under a legal hold.
WITH survivors AS (
    SELECT DISTINCT coalesce(customer.merged_into, customer.id) AS id
    FROM privacy_restriction AS restriction
    JOIN customers_customer AS customer ON customer.id = restriction.customer_id
    WHERE restriction.kind = 'hold' AND restriction.lifted_at IS NULL
)
SELECT id FROM survivors
UNION ALL
SELECT alias.id
FROM customers_customer AS alias
JOIN survivors ON survivors.id = alias.merged_into
