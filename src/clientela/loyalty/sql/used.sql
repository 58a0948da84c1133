-- What a family made use of by local month: codes by the pool they are of, with the purchases they were
-- used in and what they took off; rewards, with their points. What was undone, given back or let go again
-- is none; of what came back in part the rest counts.
WITH taken AS (
    SELECT used.pool_id, used.used_at, used.source, used.reference, used.minor
    FROM loyalty_codeuse AS used
    WHERE used.customer_id = ANY (%(family)s::uuid[])
        AND NOT EXISTS (SELECT FROM loyalty_codeuseend AS ended WHERE ended.use_id = used.id)
    UNION ALL
    SELECT coupon.pool_id, used.used_at, used.source, used.reference, NULL
    FROM loyalty_couponuse AS used
    JOIN loyalty_coupon AS coupon ON coupon.id = used.coupon_id
    WHERE used.customer_id = ANY (%(family)s::uuid[])
        AND NOT EXISTS (SELECT FROM loyalty_couponuseend AS ended WHERE ended.use_id = used.id)
)
SELECT
    'coupon',
    pool.key,
    pool.labels::text,
    date_trunc('month', taken.used_at AT TIME ZONE %(zone)s::text)::date AS month_on,
    coalesce(purchase.currency, nullif(pool.money_code, ''), %(currency)s::text),
    count(*),
    count(DISTINCT purchase.id),
    coalesce(sum(purchase.total_minor), 0)::bigint,
    sum(taken.minor)::bigint,
    0,
    max(taken.used_at)
FROM taken
JOIN loyalty_couponpool AS pool ON pool.id = taken.pool_id
LEFT JOIN purchases_key AS named
    ON named.kind = 'purchase'
    AND taken.reference <> ''
    AND named.source = taken.source
    AND named.external_ref = taken.reference
LEFT JOIN purchases_purchase AS purchase
    ON purchase.id = named.record_id AND purchase.customer_id = ANY (%(family)s::uuid[])
WHERE taken.used_at >= %(starts_at)s AND taken.used_at < %(ends_at)s
GROUP BY pool.id, month_on, 5
UNION ALL
SELECT
    'reward',
    reward.key,
    reward.labels::text,
    date_trunc('month', made.redeemed_at AT TIME ZONE %(zone)s::text)::date AS month_on,
    '',
    count(*),
    0,
    0,
    NULL,
    sum(made.points - coalesce(undone.points, 0))::bigint,
    max(made.redeemed_at)
FROM loyalty_redemption AS made
JOIN loyalty_reward AS reward ON reward.id = made.reward_id
LEFT JOIN loyalty_redemptionreversal AS undone ON undone.redemption_id = made.id
LEFT JOIN loyalty_holdend AS ended ON ended.hold_id = made.hold_id
WHERE made.customer_id = ANY (%(family)s::uuid[])
    AND made.redeemed_at >= %(starts_at)s
    AND made.redeemed_at < %(ends_at)s
    AND (undone.id IS NULL OR undone.points < made.points)
    AND coalesce(ended.kind, 'settled') = 'settled'
GROUP BY reward.id, month_on
ORDER BY 1, 2, 4, 5
