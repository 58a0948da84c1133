-- What is known under references: place, record, content, and the customer it counts for today.
SELECT
    reference.place, key.record_id, key.body_hash, coalesce(customer.merged_into, customer.id)
FROM unnest(%(source)s::text[], %(external_ref)s::text[])
    WITH ORDINALITY AS reference (source, external_ref, place)
JOIN purchases_key AS key
    ON key.kind = %(kind)s
    AND key.source = reference.source
    AND key.external_ref = reference.external_ref
JOIN customers_customer AS customer ON customer.id = key.customer_id
