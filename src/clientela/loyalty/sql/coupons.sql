-- A coupon has its redemption, and its code leads to it; no pool gave out more than it says.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg(what) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        'cou_' || replace(coupon.id::text, '-', '') AS what,
        key.coupon_id IS DISTINCT FROM coupon.id
            OR (coupon.redemption_id IS NOT NULL AND made.customer_id IS DISTINCT FROM coupon.customer_id)
            AS wrong
    FROM loyalty_coupon AS coupon
    LEFT JOIN loyalty_couponkey AS key ON key.number_norm = replace(coupon.number, '-', '')
    LEFT JOIN loyalty_redemption AS made ON made.id = coupon.redemption_id
    UNION ALL
    SELECT pool.key, pool.issued < (
        SELECT count(*) FROM loyalty_coupon AS coupon WHERE coupon.pool_id = pool.id
    )
    FROM loyalty_couponpool AS pool
) AS checked
