-- Points a redemption took, or holds: by the end of their life, those of its own customer first.
SELECT
    sum(used.amount)::bigint, lot.expires_at, used.customer_id <> ALL (%(family)s) AS of_others
FROM (
    SELECT taken.customer_id, taken.lot_id, taken.amount
    FROM loyalty_posting AS posting
    JOIN loyalty_allocation AS taken
        ON taken.customer_id = posting.customer_id AND taken.posting_id = posting.id
    WHERE posting.customer_id = ANY (%(whose)s) AND posting.source = 'redemption'
        AND posting.key = %(key)s AND posting.kind = 'redeem'
    UNION ALL
    SELECT part.customer_id, part.lot_id, part.amount
    FROM loyalty_holdlot AS part
    WHERE part.hold_id = %(hold_id)s
        AND NOT EXISTS (SELECT FROM loyalty_holdend AS ended WHERE ended.hold_id = part.hold_id)
) AS used
JOIN loyalty_lot AS lot ON lot.customer_id = used.customer_id AND lot.id = used.lot_id
GROUP BY 2, 3
ORDER BY 3, 2 NULLS LAST
