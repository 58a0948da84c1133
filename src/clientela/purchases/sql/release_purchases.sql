-- Reversed purchases get a mark behind their reference; their keys get it with them.
UPDATE purchases_purchase AS record
SET external_ref = row.external_ref || %(mark)s
FROM unnest(%(id)s::uuid[], %(customer_id)s::uuid[], %(source)s::text[], %(external_ref)s::text[])
    AS row (id, customer_id, source, external_ref)
WHERE record.id = row.id AND record.customer_id = row.customer_id
