-- What is known by these names.
SELECT known.source, known.key, known.kind, known.customer_id, known.row_id, known.body_hash
FROM unnest(%(source)s::text[], %(key)s::text[]) AS row (source, key)
JOIN loyalty_key AS known ON known.source = row.source AND known.key = row.key
