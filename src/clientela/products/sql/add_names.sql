-- More names for holdings: account numbers and serials. A name already taken stays with its holding.
INSERT INTO products_holdingkey (kind, source, value_norm, customer_id, holding_id)
SELECT kind, source, value_norm, customer_id, holding_id
FROM unnest(
    %(kind)s::text[], %(source)s::text[], %(value_norm)s::text[], %(customer_id)s::uuid[],
    %(holding_id)s::uuid[]
) AS name (kind, source, value_norm, customer_id, holding_id)
WHERE value_norm <> ''
ORDER BY kind, source, value_norm
ON CONFLICT DO NOTHING
