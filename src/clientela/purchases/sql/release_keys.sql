-- What was reversed is known by its reference and a mark; the reference is free again.
UPDATE purchases_key AS key
SET external_ref = row.external_ref || %(mark)s
FROM unnest(%(id)s::uuid[], %(customer_id)s::uuid[], %(source)s::text[], %(external_ref)s::text[])
    AS row (id, customer_id, source, external_ref)
WHERE key.kind = %(kind)s AND key.source = row.source AND key.external_ref = row.external_ref
