CREATE TEMPORARY TABLE IF NOT EXISTS staged (
    customer_id uuid, purchase_id uuid, lot_id uuid, body_hash bytea, occurred_at timestamptz,
    points bigint, minor bigint, reference text
) ON COMMIT DELETE ROWS
