-- The seats of a date are taken by orders that wait or are confirmed, and a code by the order it names.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg(what) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        'tof_' || replace(offer.id::text, '-', '') AS what,
        offer.taken <> (
            SELECT count(*)
            FROM loyalty_travelorder AS placed
            LEFT JOIN loyalty_travelorderstep AS step ON step.travel_order_id = placed.id
            LEFT JOIN loyalty_redemptionreversal AS undone
                ON undone.redemption_id = placed.redemption_id
            LEFT JOIN loyalty_travelcancellation AS given_up ON given_up.travel_order_id = placed.id
            WHERE placed.offer_id = offer.id AND undone.id IS NULL AND given_up.id IS NULL
                AND (step.id IS NULL OR step.kind = 'confirmed')
        ) AS wrong
    FROM loyalty_traveloffer AS offer
    UNION ALL
    SELECT
        'code ' || voucher.id,
        NOT EXISTS (
            SELECT FROM loyalty_travelorder AS placed
            WHERE placed.id = voucher.order_id AND placed.voucher = voucher.number
        )
    FROM loyalty_voucher AS voucher
    WHERE voucher.order_id IS NOT NULL
) AS checked
