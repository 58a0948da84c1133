-- Note who has a value that only one customer of a type may have. Returns those that were free.
INSERT INTO customers_fieldkey (field_id, digest, customer_id)
SELECT row.field_id, row.digest, row.customer_id
FROM unnest(%(field)s::bigint[], %(digest)s::text[], %(customer)s::uuid[])
    AS row (field_id, digest, customer_id)
ORDER BY row.field_id, row.digest
ON CONFLICT DO NOTHING
RETURNING field_id, digest
