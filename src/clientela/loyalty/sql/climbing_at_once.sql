-- Customers who reach a higher tier of a ladder than the one they stand on, in one window for all:
-- measured all at once, as loyalty_measured does for one in `climbing.sql`. What the ladder
-- measures is handed in, so that nothing is planned for what it does not; whoever stands at the top is
-- not measured at all. With a `version` of what is set up, the accounts of points that are counted, which
-- are locked, are told from how many earned on they are to be measured again: a customer whose records are
-- one by a merge always is, and what lies after the window counts as well. Of several ladders that count
-- the same points the first of them is told so.
WITH step AS MATERIALIZED (
    SELECT threshold, lead(threshold) OVER (ORDER BY threshold) AS next
    FROM (
        SELECT 0 AS threshold
        UNION
        SELECT tier.threshold FROM loyalty_tier AS tier WHERE tier.tier_set_id = %(ladder)s
    ) AS every
),
relative AS MATERIALIZED (
    SELECT DISTINCT member.customer_id, other.id
    FROM unnest(%(customer_id)s::uuid[]) AS member (customer_id)
    JOIN customers_customer AS own ON own.id = member.customer_id
    JOIN customers_customer AS other
        ON coalesce(other.merged_into, other.id) = coalesce(own.merged_into, own.id)
),
standing AS MATERIALIZED (
    SELECT relative.customer_id, max(tier.threshold) AS threshold
    FROM relative
    JOIN loyalty_standing AS stands
        ON stands.customer_id = relative.id AND stands.tier_set_id = %(ladder)s
        AND stands.ends_at IS NULL
    JOIN loyalty_tier AS tier ON tier.id = stands.tier_id
    GROUP BY relative.customer_id
),
stood AS MATERIALIZED (
    SELECT relative.customer_id, relative.id, step.next
    FROM relative
    LEFT JOIN standing ON standing.customer_id = relative.customer_id
    JOIN step
        ON step.threshold <= coalesce(standing.threshold, 0)
        AND (step.next > coalesce(standing.threshold, 0) OR step.next IS NULL)
),
climber AS MATERIALIZED (
    SELECT customer_id, id, next FROM stood WHERE next IS NOT NULL
),
earned AS MATERIALIZED (  -- first by customer: their postings are many, and joined to entries look like one
    SELECT
        climber.customer_id, climber.id, posting.id AS posting_id, posting.purchase_id,
        posting.occurred_at < %(until)s AS is_in
    FROM climber
    JOIN loyalty_posting AS posting
        ON posting.customer_id = climber.id AND posting.kind = 'earn'
        AND posting.currency_id = %(counted)s AND posting.occurred_at >= %(since)s
    WHERE %(measure)s::text = 'points'
),
counted AS (  -- with a row for each record: whatever is joined to them later goes wrong by a guess of how many
    SELECT customer_id, 1 AS record, next, 0::bigint AS amount, true AS is_in
    FROM stood
    UNION ALL
    SELECT climber.customer_id, 0, NULL, purchase.total_minor - purchase.returned_minor, true
    FROM climber
    JOIN purchases_purchase AS purchase
        ON purchase.customer_id = climber.id AND purchase.currency = %(money_code)s
        AND purchase.purchased_at >= %(since)s
        AND purchase.purchased_at < %(until)s
    WHERE %(measure)s::text = 'spend'
    UNION ALL
    SELECT climber.customer_id, 0, NULL, 1, true
    FROM climber
    JOIN purchases_purchase AS purchase
        ON purchase.customer_id = climber.id AND purchase.returned_minor < purchase.total_minor
        AND purchase.purchased_at >= %(since)s AND purchase.purchased_at < %(until)s
    WHERE %(measure)s::text = 'purchases'
    UNION ALL
    SELECT earned.customer_id, 0, NULL, entry.amount, earned.is_in
    FROM earned
    JOIN loyalty_entry AS entry
        ON entry.customer_id = earned.id AND entry.posting_id = earned.posting_id
    UNION ALL
    SELECT earned.customer_id, 0, NULL, -back.amount, earned.is_in
    FROM earned
    JOIN loyalty_posting AS reversal
        ON reversal.customer_id = earned.id AND reversal.reverses_id = earned.posting_id
        AND reversal.purchase_id = earned.purchase_id
    JOIN loyalty_entry AS back
        ON back.customer_id = reversal.customer_id AND back.posting_id = reversal.id
),
measured AS MATERIALIZED (
    SELECT
        customer_id, max(next) AS next, sum(record) AS records,
        (sum(amount) FILTER (WHERE is_in))::bigint AS amount, sum(amount)::bigint AS with_later
    FROM counted
    GROUP BY customer_id
),
told AS (
    UPDATE loyalty_account AS account
    SET
        measured_by = %(version)s,
        measure_at = least(
            coalesce(account.earned + measured.next - measured.with_later, 9223372036854775807),
            CASE WHEN NOT %(is_first)s THEN account.measure_at END
        )
    FROM measured
    WHERE measured.records = 1 AND account.customer_id = measured.customer_id
        AND account.currency_id = %(counted)s AND account.kind = 'own'
        AND %(version)s::bigint IS NOT NULL
)
SELECT measured.customer_id, measured.amount, best.id
FROM measured
CROSS JOIN LATERAL (
    SELECT tier.id
    FROM loyalty_tier AS tier
    WHERE tier.tier_set_id = %(ladder)s AND tier.threshold <= measured.amount
    ORDER BY tier.threshold DESC
    LIMIT 1
) AS best
WHERE measured.next <= measured.amount
ORDER BY measured.customer_id
