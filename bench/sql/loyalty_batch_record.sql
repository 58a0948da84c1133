-- The same rows as record.sql and the log of it write.
WITH keyed AS (
    INSERT INTO purchases_key (kind, source, external_ref, customer_id, record_id, body_hash)
    SELECT 'purchase', 'bench', reference, customer_id, purchase_id, body_hash
    FROM staged
    ORDER BY reference
    ON CONFLICT DO NOTHING
    RETURNING record_id
),
recorded AS (
    INSERT INTO purchases_purchase (
        id, customer_id, source, external_ref, purchased_at, recorded_at, total_minor, currency,
        channel, place
    )
    SELECT
        purchase_id, customer_id, 'bench', reference, occurred_at, now(), minor, 'EUR', 'shop', 'riga-1'
    FROM staged
    JOIN keyed ON keyed.record_id = staged.purchase_id
)
INSERT INTO events_event (occurred_at, recorded_at, name, customer_id, subject, actor, request, data)
SELECT
    occurred_at, now(), 'purchase.recorded', customer_id,
    'pur_' || replace(purchase_id::text, '-', ''), 'bench', '',
    jsonb_build_object('minor', minor, 'currency', 'EUR')
FROM staged
