WITH identities AS (DELETE FROM customers_identity WHERE customer_id = ANY (%(ids)s)),
keys AS (DELETE FROM customers_identitykey WHERE customer_id = ANY (%(ids)s))
DELETE FROM customers_externalid WHERE customer_id = ANY (%(ids)s)
