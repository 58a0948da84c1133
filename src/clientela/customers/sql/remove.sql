-- Take customers away that nothing else speaks of, with all they are found by.
WITH changed AS (
    DELETE FROM customers_fieldchange WHERE customer_id = ANY (%(customers)s::uuid[])
),
unique_values AS (
    DELETE FROM customers_fieldkey WHERE customer_id = ANY (%(customers)s::uuid[])
),
identified AS (
    DELETE FROM customers_identity WHERE customer_id = ANY (%(customers)s::uuid[])
),
keyed AS (
    DELETE FROM customers_identitykey WHERE customer_id = ANY (%(customers)s::uuid[])
),
named AS (
    DELETE FROM customers_externalid WHERE customer_id = ANY (%(customers)s::uuid[])
)
DELETE FROM customers_customer WHERE id = ANY (%(customers)s::uuid[])
