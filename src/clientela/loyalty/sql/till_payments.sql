-- A payment with points is the redemption it names, and no more went back of it than was paid.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('pur_' || replace(purchase_id::text, '-', '')) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        paid.purchase_id,
        (paid.means = 'points' AND coalesce(made.points, 0) <> paid.points)
            OR coalesce(back.minor, 0) > paid.minor
            OR coalesce(back.points, 0) > paid.points AS wrong
    FROM loyalty_tillpayment AS paid
    LEFT JOIN loyalty_redemption AS made ON made.id = paid.redemption_id
    LEFT JOIN (
        SELECT payment_id, sum(minor) AS minor, sum(points) AS points
        FROM loyalty_tillrefund
        GROUP BY payment_id
    ) AS back ON back.payment_id = paid.id
) AS checked
