-- Take the names sources give their redemptions, in one order, so that two batches wait for each other
-- and never in a circle; returns what was new.
INSERT INTO loyalty_redemptionkey (source, reference, customer_id, redemption_id, body_hash)
SELECT row.source, row.reference, row.customer_id, row.redemption_id, row.body_hash
FROM unnest(
    %(source)s::text[], %(reference)s::text[], %(customer_id)s::uuid[], %(redemption_id)s::uuid[],
    %(body_hash)s::bytea[]
) AS row (source, reference, customer_id, redemption_id, body_hash)
ORDER BY row.source, row.reference
ON CONFLICT DO NOTHING
RETURNING source, reference
