-- What stands on a partner's account is what customers used there, less what was given back and earned, and
-- with what was taken back of that.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('partner ' || key) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        partner.key,
        coalesce((
            SELECT sum(CASE WHEN entry.credit_id < 0 THEN entry.amount ELSE -entry.amount END)
            FROM loyalty_entry AS entry
            WHERE least(entry.credit_id, entry.debit_id) = -1000 - partner.number
        ), 0) <> coalesce((
            SELECT sum(made.points)
            FROM loyalty_travelorder AS placed
            JOIN loyalty_travelorderstep AS step
                ON step.travel_order_id = placed.id AND step.kind = 'confirmed'
            JOIN loyalty_redemption AS made ON made.id = placed.redemption_id
            WHERE placed.supplier_id = partner.id
        ), 0) - coalesce((
            SELECT sum(coalesce(undone.points, made.points))
            FROM loyalty_travelorder AS placed
            JOIN loyalty_redemption AS made ON made.id = placed.redemption_id
            JOIN loyalty_redemptionreversal AS undone ON undone.redemption_id = made.id
            WHERE placed.supplier_id = partner.id
        ), 0) - coalesce((
            SELECT sum(earning.points)
            FROM loyalty_partnerearning AS earning
            WHERE earning.partner_id = partner.id
        ), 0) + coalesce((
            SELECT sum(undone.points)
            FROM loyalty_partnerearningreversal AS undone
            JOIN loyalty_partnerearning AS earning ON earning.id = undone.earning_id
            WHERE earning.partner_id = partner.id
        ), 0) AS wrong
    FROM loyalty_partner AS partner
) AS checked
