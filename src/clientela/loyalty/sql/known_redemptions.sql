-- Which redemptions these names lead to.
SELECT known.source, known.reference, known.customer_id, known.redemption_id, known.body_hash
FROM unnest(%(source)s::text[], %(reference)s::text[]) AS row (source, reference)
JOIN loyalty_redemptionkey AS known ON known.source = row.source AND known.reference = row.reference
