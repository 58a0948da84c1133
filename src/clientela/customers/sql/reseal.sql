-- Values of records as they are kept from now on; nothing else of the record changes, nor its version.
-- `folded` holds null where a copy of a value goes.
UPDATE customers_customer AS customer
SET
    attributes = customer.attributes || row.attributes,
    attributes_folded = jsonb_strip_nulls(customer.attributes_folded || row.folded)
FROM (
    SELECT *
    FROM unnest(%(id)s::uuid[], %(attributes)s::text[]::jsonb[], %(folded)s::text[]::jsonb[])
        AS row (id, attributes, folded)
) AS row
WHERE customer.id = row.id
