-- Write the lines of a statement: what was earned, taken back, used and given back at a partner in a span,
-- by when it was written down, so that a month that is over never changes. How many.
WITH line AS (
    SELECT earning.recorded_at AS noted_at, 'earned' AS what, earning.reference, earning.points
    FROM loyalty_partnerearning AS earning
    WHERE earning.partner_id = %(partner)s
        AND earning.recorded_at >= %(starts_at)s AND earning.recorded_at < %(ends_at)s
    UNION ALL
    SELECT undone.reversed_at, 'taken_back', earning.reference, undone.points
    FROM loyalty_partnerearningreversal AS undone
    JOIN loyalty_partnerearning AS earning ON earning.id = undone.earning_id
    WHERE earning.partner_id = %(partner)s
        AND undone.reversed_at >= %(starts_at)s AND undone.reversed_at < %(ends_at)s
    UNION ALL
    SELECT step.taken_at, 'used', placed.voucher, made.points
    FROM loyalty_travelorder AS placed
    JOIN loyalty_travelorderstep AS step
        ON step.travel_order_id = placed.id AND step.kind = 'confirmed'
    JOIN loyalty_redemption AS made ON made.id = placed.redemption_id
    WHERE placed.supplier_id = %(partner)s
        AND step.taken_at >= %(starts_at)s AND step.taken_at < %(ends_at)s
    UNION ALL
    SELECT undone.reversed_at, 'given_back', placed.voucher, coalesce(undone.points, made.points)
    FROM loyalty_travelorder AS placed
    JOIN loyalty_redemption AS made ON made.id = placed.redemption_id
    JOIN loyalty_redemptionreversal AS undone ON undone.redemption_id = made.id
    WHERE placed.supplier_id = %(partner)s
        AND undone.reversed_at >= %(starts_at)s AND undone.reversed_at < %(ends_at)s
)
INSERT INTO loyalty_partnerline (statement_id, place, noted_at, what, reference, points)
SELECT
    %(statement)s, row_number() OVER (ORDER BY noted_at, what, reference), noted_at, what, reference,
    points
FROM line
