-- Note who has a value that only one customer of a type may have. Returns those that were free, and those
-- that a record of the same customer has already: it was merged with this one.
WITH wanted AS (
    SELECT *
    FROM unnest(%(field)s::bigint[], %(digest)s::text[], %(customer)s::uuid[])
        AS row (field_id, digest, customer_id)
),
kept AS (
    INSERT INTO customers_fieldkey (field_id, digest, customer_id)
    SELECT wanted.field_id, wanted.digest, wanted.customer_id
    FROM wanted
    ORDER BY wanted.field_id, wanted.digest
    ON CONFLICT DO NOTHING
    RETURNING field_id, digest
)
SELECT kept.field_id, kept.digest FROM kept
UNION
SELECT wanted.field_id, wanted.digest
FROM wanted
JOIN customers_fieldkey AS known
    ON known.field_id = wanted.field_id AND known.digest = wanted.digest
JOIN customers_customer AS holder ON holder.id = known.customer_id
JOIN customers_customer AS own ON own.id = wanted.customer_id
WHERE holder.id <> own.id
    AND coalesce(holder.merged_into, holder.id) = coalesce(own.merged_into, own.id)
