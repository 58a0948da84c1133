-- Take the names a partner gives its earnings; those that are new. Of two who come at once the second waits
-- here for the first.
INSERT INTO loyalty_partnerkey (partner_id, reference, customer_id, earning_id, body_hash)
SELECT %(partner)s, row.reference, row.customer_id, row.earning_id, row.body_hash
FROM unnest(
    %(reference)s::text[], %(customer_id)s::uuid[], %(earning_id)s::uuid[], %(body_hash)s::bytea[]
) AS row (reference, customer_id, earning_id, body_hash)
ORDER BY row.reference
ON CONFLICT (partner_id, reference) DO NOTHING
RETURNING reference
