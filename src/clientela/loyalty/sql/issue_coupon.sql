-- Give out a coupon of a pool that has room, under a code nobody has; which of the two there were.
WITH room AS (
    UPDATE loyalty_couponpool AS pool SET issued = pool.issued + 1
    WHERE pool.id = %(pool_id)s AND (pool.coupons_max IS NULL OR pool.issued < pool.coupons_max)
    RETURNING pool.id
),
claimed AS (
    INSERT INTO loyalty_couponkey (number_norm, customer_id, coupon_id)
    SELECT %(number_norm)s, %(customer_id)s, %(id)s FROM room
    ON CONFLICT DO NOTHING
    RETURNING coupon_id
),
made AS (
    INSERT INTO loyalty_coupon (
        id, customer_id, pool_id, redemption_id, number, percent, minor, money_code, most_minor,
        least_minor, issued_at, expires_at
    )
    SELECT
        claimed.coupon_id, %(customer_id)s, %(pool_id)s, %(redemption_id)s, %(number)s, %(percent)s,
        %(minor)s, %(money_code)s, %(most_minor)s, %(least_minor)s, %(now)s, %(expires_at)s
    FROM claimed
)
SELECT (SELECT count(*) FROM room), (SELECT count(*) FROM claimed)
