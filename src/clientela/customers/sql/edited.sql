-- Customers in whose record something was changed, or added, that this import did not write.
SELECT DISTINCT customer_id
FROM customers_fieldchange
WHERE customer_id = ANY (%(customers)s::uuid[]) AND cause <> %(besides)s AND cause <> 'undo:' || %(besides)s
UNION
SELECT DISTINCT customer_id
FROM customers_identity
WHERE customer_id = ANY (%(customers)s::uuid[])
    AND kind <> 'customer-number'
    AND added_at <> %(since)s
