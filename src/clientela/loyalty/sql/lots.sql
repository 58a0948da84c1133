-- What a lot has lost is what its allocations took, less what was given back to it.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('lot_' || replace(id::text, '-', '')) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT lot.id, lot.amount - lot.remaining <> coalesce(taken.points, 0) AS wrong
    FROM loyalty_lot AS lot
    LEFT JOIN (
        SELECT
            customer_id, lot_id,
            sum(CASE WHEN releases_id IS NULL THEN amount ELSE -amount END) AS points
        FROM loyalty_allocation
        GROUP BY customer_id, lot_id
    ) AS taken ON taken.customer_id = lot.customer_id AND taken.lot_id = lot.id
) AS lot
