-- A hold is the sum of its parts, and what a lot holds for open holds is what it says it holds.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg(what) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        'hld_' || replace(hold.id::text, '-', '') AS what,
        hold.amount <> coalesce((
            SELECT sum(part.amount) FROM loyalty_holdlot AS part WHERE part.hold_id = hold.id
        ), 0) AS wrong
    FROM loyalty_hold AS hold
    UNION ALL
    SELECT 'lot_' || replace(lot.id::text, '-', ''), lot.held <> coalesce(open.points, 0)
    FROM loyalty_lot AS lot
    LEFT JOIN (
        SELECT part.customer_id, part.lot_id, sum(part.amount) AS points
        FROM loyalty_holdlot AS part
        WHERE NOT EXISTS (
            SELECT FROM loyalty_holdend AS ended WHERE ended.hold_id = part.hold_id
        )
        GROUP BY part.customer_id, part.lot_id
    ) AS open ON open.customer_id = lot.customer_id AND open.lot_id = lot.id
    WHERE lot.held > 0 OR open.points > 0
) AS checked
