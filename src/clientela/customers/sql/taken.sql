-- Which of these values of unique fields another customer has: their places, counted from 1.
SELECT wanted.place
FROM unnest(%(field)s::bigint[], %(digest)s::text[], %(customer)s::text[])
    WITH ORDINALITY AS wanted (field_id, digest, customer_id, place)
JOIN customers_fieldkey AS known
    ON known.field_id = wanted.field_id AND known.digest = wanted.digest
WHERE known.customer_id::text <> wanted.customer_id
ORDER BY wanted.place
