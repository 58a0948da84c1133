-- The next records that bought anything, in the order of their ids.
SELECT DISTINCT customer_id
FROM purchases_purchase
WHERE customer_id > %(after)s::uuid
ORDER BY customer_id
LIMIT %(most)s
