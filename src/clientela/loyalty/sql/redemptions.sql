-- A redemption took its points, or holds them, or let them go; what was reversed was given back, what
-- was paid with it in part as much as its refunds say.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('red_' || replace(id::text, '-', '')) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        made.id,
        CASE
            WHEN made.hold_id IS NULL THEN coalesce(moved.used, 0) <> made.points
            WHEN hold.id IS NULL OR hold.amount <> made.points THEN true
            WHEN ended.kind = 'settled' THEN coalesce(moved.used, 0) NOT BETWEEN 1 AND made.points
            ELSE moved.used IS NOT NULL
        END
        OR coalesce(moved.given, 0) <> CASE
            WHEN undone.id IS NULL THEN coalesce(refunded.points, 0)
            ELSE coalesce(undone.points, moved.used)
        END AS wrong
    FROM loyalty_redemption AS made
    LEFT JOIN loyalty_hold AS hold ON hold.id = made.hold_id
    LEFT JOIN loyalty_holdend AS ended ON ended.hold_id = made.hold_id
    LEFT JOIN loyalty_redemptionreversal AS undone ON undone.redemption_id = made.id
    LEFT JOIN (
        SELECT
            split_part(posting.key, '/', 1) AS key,
            sum(entry.amount) FILTER (WHERE posting.kind = 'redeem') AS used,
            sum(entry.amount) FILTER (WHERE posting.kind = 'restore') AS given
        FROM loyalty_posting AS posting
        JOIN loyalty_entry AS entry
            ON entry.customer_id = posting.customer_id AND entry.posting_id = posting.id
        WHERE posting.source IN ('redemption', 'reversal')
        GROUP BY split_part(posting.key, '/', 1)
    ) AS moved ON moved.key = made.id::text
    LEFT JOIN (
        SELECT paid.redemption_id, sum(back.points) AS points
        FROM loyalty_tillpayment AS paid
        JOIN loyalty_tillrefund AS back ON back.payment_id = paid.id
        WHERE paid.redemption_id IS NOT NULL
        GROUP BY paid.redemption_id
    ) AS refunded ON refunded.redemption_id = made.id
) AS checked
