-- Customers of the demo who bought nothing since then, with the points they ever earned, most first.
SELECT customer.id, sum(lot.amount)::bigint
FROM customers_customer AS customer
JOIN loyalty_lot AS lot ON lot.customer_id = customer.id
WHERE customer.is_demo AND customer.merged_into IS NULL
GROUP BY customer.id
HAVING max(lot.active_at) < %(before)s AND sum(lot.amount) >= 1000
ORDER BY 2 DESC, customer.number
LIMIT %(limit)s
