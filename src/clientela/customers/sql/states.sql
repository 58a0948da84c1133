-- Customers as they stand, by their ids.
SELECT id, display_name, language, country, attributes, profile_type_id, version
FROM customers_customer
WHERE id = ANY (%(customers)s::uuid[])
