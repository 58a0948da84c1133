-- What was got for points, and what became of it: whether they were reversed, their coupon used and from when it is over, or
-- how their request for money or travel order stands.
SELECT
    made.id, made.customer_id, made.kind, made.labels::text, made.points, made.redeemed_at,
    undone.id IS NOT NULL AND undone.points IS NULL,
    used.id IS NOT NULL,
    coupon.expires_at,
    coalesce(
        CASE WHEN cash.id IS NOT NULL THEN coalesce(
            back.kind, CASE WHEN paid.id IS NOT NULL THEN 'paid' END,
            CASE WHEN line.id IS NOT NULL THEN 'exported' END, decided.verdict, 'waiting'
        ) END,
        CASE WHEN journey.id IS NOT NULL THEN coalesce(
            CASE WHEN given_up.id IS NOT NULL THEN 'cancelled' END, step.kind, 'waiting'
        ) END,
        CASE WHEN thing.id IS NOT NULL THEN coalesce(
            answered.kind, CASE WHEN thing.is_open THEN 'open' ELSE 'given' END
        ) END,
        ''
    )
FROM loyalty_redemption AS made
LEFT JOIN loyalty_redemptionreversal AS undone ON undone.redemption_id = made.id
LEFT JOIN loyalty_coupon AS coupon ON coupon.redemption_id = made.id
LEFT JOIN loyalty_couponuse AS used ON used.coupon_id = coupon.id AND NOT EXISTS (
    SELECT FROM loyalty_couponuseend AS undone_use WHERE undone_use.use_id = used.id
)
LEFT JOIN loyalty_cashout AS cash ON cash.redemption_id = made.id
LEFT JOIN loyalty_cashoutdecision AS decided ON decided.cash_out_id = cash.id
LEFT JOIN loyalty_cashoutpayment AS paid ON paid.cash_out_id = cash.id
LEFT JOIN loyalty_paymentline AS line ON line.cash_out_id = cash.id
LEFT JOIN loyalty_cashoutreturn AS back ON back.cash_out_id = cash.id
LEFT JOIN loyalty_travelorder AS journey ON journey.redemption_id = made.id
LEFT JOIN loyalty_travelorderstep AS step ON step.travel_order_id = journey.id
LEFT JOIN loyalty_travelcancellation AS given_up ON given_up.travel_order_id = journey.id
LEFT JOIN loyalty_benefit AS thing ON thing.redemption_id = made.id
LEFT JOIN loyalty_benefitstep AS answered ON answered.benefit_id = thing.id
WHERE made.customer_id = ANY (%(family)s)
    AND (made.id = ANY (%(named)s::uuid[]) OR made.id IN (
        SELECT newest.id
        FROM loyalty_redemption AS newest
        WHERE newest.customer_id = ANY (%(family)s)
        ORDER BY newest.redeemed_at DESC, newest.id DESC
        LIMIT %(latest)s
    ))
ORDER BY made.redeemed_at DESC, made.id DESC
