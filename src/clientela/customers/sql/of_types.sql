-- How many customers are of each profile type.
SELECT profile_type_id, count(*)
FROM customers_customer
WHERE merged_into IS NULL
GROUP BY profile_type_id
