-- Which of these values of unique fields another customer has: their places, counted from 1. What a record
-- has that was merged with this one is the customer's own.
SELECT wanted.place
FROM unnest(%(field)s::bigint[], %(digest)s::text[], %(customer)s::text[])
    WITH ORDINALITY AS wanted (field_id, digest, customer_id, place)
JOIN customers_fieldkey AS known
    ON known.field_id = wanted.field_id AND known.digest = wanted.digest
WHERE known.customer_id::text <> wanted.customer_id
    AND NOT EXISTS (
        SELECT FROM customers_customer AS holder
        JOIN customers_customer AS own
            ON coalesce(own.merged_into, own.id) = coalesce(holder.merged_into, holder.id)
        WHERE holder.id = known.customer_id AND own.id::text = wanted.customer_id
    )
ORDER BY wanted.place
