-- Of many customers those who reach a higher tier of a ladder than the one they stand on, as
-- `climbing.sql` says of a few: measured all at once, as loyalty_measured does for one.
WITH ladder AS (
    SELECT * FROM loyalty_tierset WHERE key = %(ladder)s
),
relative AS MATERIALIZED (
    SELECT DISTINCT member.customer_id, other.id
    FROM unnest(%(customer_id)s::uuid[]) AS member (customer_id)
    JOIN customers_customer AS own ON own.id = member.customer_id
    JOIN customers_customer AS other
        ON coalesce(other.merged_into, other.id) = coalesce(own.merged_into, own.id)
),
counted AS (
    SELECT relative.customer_id, purchase.total_minor - purchase.returned_minor AS amount
    FROM relative
    JOIN ladder ON ladder.measure = 'spend'
    JOIN purchases_purchase AS purchase
        ON purchase.customer_id = relative.id AND purchase.currency = ladder.money_code
        AND purchase.purchased_at >= %(since)s
        AND purchase.purchased_at < %(until)s
    UNION ALL
    SELECT relative.customer_id, 1
    FROM relative
    JOIN ladder ON ladder.measure = 'purchases'
    JOIN purchases_purchase AS purchase
        ON purchase.customer_id = relative.id AND purchase.returned_minor < purchase.total_minor
        AND purchase.purchased_at >= %(since)s AND purchase.purchased_at < %(until)s
    UNION ALL
    SELECT relative.customer_id, entry.amount
    FROM relative
    JOIN ladder ON ladder.measure = 'points'
    JOIN loyalty_posting AS earned
        ON earned.customer_id = relative.id AND earned.kind = 'earn'
        AND earned.currency_id = coalesce(ladder.counted_id, ladder.currency_id) AND earned.occurred_at >= %(since)s
        AND earned.occurred_at < %(until)s
    JOIN loyalty_entry AS entry
        ON entry.customer_id = earned.customer_id AND entry.posting_id = earned.id
    UNION ALL
    SELECT relative.customer_id, -back.amount
    FROM relative
    JOIN ladder ON ladder.measure = 'points'
    JOIN loyalty_posting AS reversal
        ON reversal.customer_id = relative.id AND reversal.reverses_id IS NOT NULL
    JOIN loyalty_posting AS earned
        ON earned.customer_id = reversal.customer_id AND earned.id = reversal.reverses_id
        AND earned.purchase_id = reversal.purchase_id AND earned.kind = 'earn'
        AND earned.currency_id = coalesce(ladder.counted_id, ladder.currency_id) AND earned.occurred_at >= %(since)s
        AND earned.occurred_at < %(until)s
    JOIN loyalty_entry AS back
        ON back.customer_id = reversal.customer_id AND back.posting_id = reversal.id
),
measured AS (
    SELECT customer_id, sum(amount)::bigint AS amount FROM counted GROUP BY customer_id
),
standing AS (
    SELECT relative.customer_id, max(tier.threshold) AS threshold
    FROM relative
    JOIN loyalty_standing AS stands
        ON stands.customer_id = relative.id AND stands.tier_set_id = %(ladder)s
        AND stands.ends_at IS NULL
    JOIN loyalty_tier AS tier ON tier.id = stands.tier_id
    GROUP BY relative.customer_id
)
SELECT measured.customer_id, measured.amount, best.id
FROM measured
LEFT JOIN standing ON standing.customer_id = measured.customer_id
CROSS JOIN LATERAL (
    SELECT step.id, step.threshold
    FROM loyalty_tier AS step
    WHERE step.tier_set_id = %(ladder)s AND step.threshold <= measured.amount
    ORDER BY step.threshold DESC
    LIMIT 1
) AS best
WHERE best.threshold > coalesce(standing.threshold, 0)
ORDER BY measured.customer_id
