-- The event came that lots waited for: they begin and end as their life says, those they were carried
-- into as well. The account's points become usable with its next settlement. Returns whose they are, the
-- lots, their points and when they begin.
WITH RECURSIVE come AS (
    SELECT row.* FROM unnest(
        %(customer_id)s::uuid[], %(lot_id)s::uuid[], %(active_at)s::timestamptz[],
        %(expires_at)s::timestamptz[]
    ) AS row (customer_id, lot_id, active_at, expires_at)
),
line AS (
    SELECT come.customer_id, come.lot_id, come.active_at, come.expires_at FROM come
    UNION ALL
    SELECT part.customer_id, part.id, line.active_at, line.expires_at
    FROM line
    JOIN loyalty_posting AS went
        ON went.customer_id = line.customer_id AND went.kind = 'carry_out'
    JOIN loyalty_allocation AS taken
        ON taken.customer_id = line.customer_id AND taken.lot_id = line.lot_id
        AND taken.posting_id = went.id
    JOIN loyalty_lot AS part
        ON part.customer_id = went.member_id AND part.origin_lot_id = line.lot_id
)
UPDATE loyalty_lot AS lot
SET active_at = line.active_at, expires_at = line.expires_at
FROM line
WHERE lot.customer_id = line.customer_id AND lot.id = line.lot_id AND lot.active_at IS NULL
RETURNING lot.customer_id, lot.id, lot.remaining, lot.active_at
