-- Let lots end at another instant; each move is a row of its own.
WITH before AS MATERIALIZED (
    SELECT row.*, lot.expires_at AS old_at
    FROM unnest(
        %(lot_id)s::uuid[], %(customer_id)s::uuid[], %(new_at)s::timestamptz[],
        %(life_end_at)s::timestamptz[]
    ) AS row (lot_id, customer_id, new_at, life_end_at)
    JOIN loyalty_lot AS lot ON lot.customer_id = row.customer_id AND lot.id = row.lot_id
),
written AS (
    INSERT INTO loyalty_lotlife (
        customer_id, lot_id, old_at, new_at, cause, reason, actor, moved_at
    )
    SELECT
        customer_id, lot_id, old_at, new_at, %(cause)s, %(reason)s, %(actor)s, %(now)s
    FROM before
    WHERE old_at IS DISTINCT FROM new_at
    ORDER BY customer_id, lot_id
)
UPDATE loyalty_lot AS lot
SET expires_at = before.new_at, life_end_at = coalesce(before.life_end_at, lot.life_end_at)
FROM before
WHERE lot.id = before.lot_id AND lot.customer_id = before.customer_id
    AND before.old_at IS DISTINCT FROM before.new_at
