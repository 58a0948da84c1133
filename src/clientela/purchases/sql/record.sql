-- Write purchases that are not known yet: the key table decides, over all customers. Returns the new, and
-- whether any return kept since an instant waits for its purchase: there mostly is none.
WITH incoming AS (
    SELECT *
    FROM unnest(
        %(id)s::uuid[], %(customer_id)s::uuid[], %(source)s::text[], %(external_ref)s::text[],
        %(body_hash)s::bytea[], %(purchased_at)s::timestamptz[], %(total_minor)s::bigint[],
        %(currency)s::text[], %(quantity_milli)s::bigint[], %(channel)s::text[], %(place)s::text[],
        %(till)s::text[], %(staff)s::text[], %(amends)s::uuid[]
    ) AS row (
        id, customer_id, source, external_ref, body_hash, purchased_at, total_minor, currency,
        quantity_milli, channel, place, till, staff, amends
    )
),
keyed AS (
    INSERT INTO purchases_key (kind, source, external_ref, customer_id, record_id, body_hash)
    SELECT 'purchase', source, external_ref, customer_id, id, body_hash
    FROM incoming
    ORDER BY source, external_ref
    ON CONFLICT DO NOTHING
    RETURNING record_id
)
INSERT INTO purchases_purchase (
    id, customer_id, source, external_ref, purchased_at, recorded_at, total_minor, currency,
    quantity_milli, channel, place, till, staff, amends
)
SELECT
    id, customer_id, source, external_ref, purchased_at, %(now)s, total_minor, currency,
    quantity_milli, channel, place, till, staff, amends
FROM incoming
WHERE id IN (SELECT record_id FROM keyed)
RETURNING id, EXISTS (
    SELECT FROM purchases_return AS kept
    WHERE kept.purchase_id IS NULL AND kept.recorded_at > %(returns_since)s
)
