-- How many customers there are, by how many days ago they came; the oldest count together.
SELECT least(greatest(%(today)s::date - known_since, 0), %(days)s::integer), count(*)
FROM customers_customer
WHERE merged_into IS NULL
GROUP BY 1
