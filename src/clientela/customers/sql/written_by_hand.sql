-- Fields of customers that a person wrote, with what other systems and files wrote left out.
SELECT DISTINCT customer_id, field
FROM customers_fieldchange
WHERE customer_id = ANY (%(customers)s::uuid[])
    AND field = ANY (%(fields)s)
    AND actor LIKE 'per\_%%'
    AND cause NOT LIKE 'imp\_%%'
    AND (%(since)s::timestamptz IS NULL OR changed_at > %(since)s::timestamptz)
