-- Take the name a source gives its redemption; nothing is touched where somebody has it.
INSERT INTO loyalty_redemptionkey (source, reference, customer_id, redemption_id, body_hash)
VALUES (%(source)s, %(reference)s, %(customer_id)s, %(redemption_id)s, %(body_hash)s)
ON CONFLICT DO NOTHING
