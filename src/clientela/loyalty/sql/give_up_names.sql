-- Names that were taken in this transaction for what came to nothing are free again.
DELETE FROM loyalty_redemptionkey AS known
USING unnest(%(source)s::text[], %(reference)s::text[]) AS row (source, reference)
WHERE known.source = row.source AND known.reference = row.reference
