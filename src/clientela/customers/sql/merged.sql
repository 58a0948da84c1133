-- Of some customers those that were merged into another, or live on for another.
SELECT id FROM customers_customer WHERE id = ANY (%(customers)s::uuid[]) AND merged_into IS NOT NULL
UNION
SELECT merged_into FROM customers_customer WHERE merged_into = ANY (%(customers)s::uuid[])
