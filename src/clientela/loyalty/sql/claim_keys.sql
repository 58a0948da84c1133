-- Take the names that sources give events and adjustments; returns what was new.
INSERT INTO loyalty_key (source, key, kind, customer_id, row_id, body_hash)
SELECT row.source, row.key, row.kind, row.customer_id, row.row_id, row.body_hash
FROM unnest(
    %(source)s::text[], %(key)s::text[], %(kind)s::text[], %(customer_id)s::uuid[], %(row_id)s::uuid[],
    %(body_hash)s::bytea[]
) AS row (source, key, kind, customer_id, row_id, body_hash)
ORDER BY row.source, row.key
ON CONFLICT DO NOTHING
RETURNING source, key
