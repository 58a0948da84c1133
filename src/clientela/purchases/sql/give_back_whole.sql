-- Book what is left of purchases as given back, where the reference of the return is free. Returns the
-- returns that were booked.
WITH incoming AS (
    SELECT *
    FROM unnest(
        %(id)s::uuid[], %(customer_id)s::uuid[], %(purchase_id)s::uuid[], %(source)s::text[],
        %(external_ref)s::text[], %(body_hash)s::bytea[], %(amount_minor)s::bigint[],
        %(currency)s::text[]
    ) AS row (
        id, customer_id, purchase_id, source, external_ref, body_hash, amount_minor, currency
    )
),
keyed AS (
    INSERT INTO purchases_key (kind, source, external_ref, customer_id, record_id, body_hash)
    SELECT 'return', source, external_ref, customer_id, id, body_hash
    FROM incoming
    ORDER BY source, external_ref
    ON CONFLICT DO NOTHING
    RETURNING record_id
),
written AS (
    INSERT INTO purchases_return (
        id, customer_id, purchase_id, source, external_ref, returned_at, recorded_at, amount_minor,
        currency, kind, reason
    )
    SELECT
        id, customer_id, purchase_id, source, external_ref, %(returned_at)s, %(now)s, amount_minor,
        currency, 'return', ''
    FROM incoming
    WHERE id IN (SELECT record_id FROM keyed)
    RETURNING id, purchase_id, amount_minor
)
UPDATE purchases_purchase AS purchase
SET returned_minor = purchase.returned_minor + written.amount_minor
FROM written
WHERE purchase.id = written.purchase_id
RETURNING written.id
