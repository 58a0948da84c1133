-- A lot whose end was moved ends when its last move says, and each move goes on from the one before.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('lot_' || replace(lot_id::text, '-', '')) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        move.lot_id,
        lot.id IS NULL OR CASE
            WHEN move.goes_on THEN move.next_old_at IS DISTINCT FROM move.new_at
            ELSE lot.expires_at IS DISTINCT FROM move.new_at
        END AS wrong
    FROM (
        SELECT
            moved.*,
            lead(moved.old_at) OVER of_lot AS next_old_at,
            lead(true) OVER of_lot IS TRUE AS goes_on
        FROM loyalty_lotlife AS moved
        WINDOW of_lot AS (PARTITION BY moved.customer_id, moved.lot_id ORDER BY moved.id)
    ) AS move
    LEFT JOIN loyalty_lot AS lot ON lot.customer_id = move.customer_id AND lot.id = move.lot_id
) AS checked
