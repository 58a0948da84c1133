-- Values of records as they are kept from now on, each only if nobody changed the record meanwhile; nothing
-- else of it changes, nor its version. `folded` holds null where a copy of a value goes. Returns who was
-- written.
UPDATE customers_customer AS customer
SET
    attributes = customer.attributes || row.attributes,
    attributes_folded = jsonb_strip_nulls(customer.attributes_folded || row.folded)
FROM (
    SELECT *
    FROM unnest(
        %(id)s::uuid[], %(version)s::int[], %(attributes)s::text[]::jsonb[], %(folded)s::text[]::jsonb[]
    ) AS row (id, version, attributes, folded)
) AS row
WHERE customer.id = row.id AND customer.version = row.version
RETURNING customer.id
