-- Customers who reach a higher tier of a ladder than the one they stand on, with what was measured
-- from an instant to another, and their place among those asked for.
SELECT reaching.customer_id, reaching.measured, best.id, reaching.place
FROM (
    SELECT
        member.customer_id, member.place,
        loyalty_measured(
            customers_family(member.customer_id), %(ladder)s, member.since, member.until
        ) AS measured
    FROM unnest(
        %(customer_id)s::uuid[], %(since)s::timestamptz[], %(until)s::timestamptz[]
    ) WITH ORDINALITY AS member (customer_id, since, until, place)
) AS reaching
CROSS JOIN LATERAL (
    SELECT step.id, step.threshold
    FROM loyalty_tier AS step
    WHERE step.tier_set_id = %(ladder)s AND step.threshold <= reaching.measured
    ORDER BY step.threshold DESC
    LIMIT 1
) AS best
WHERE best.threshold > coalesce((
    SELECT max(tier.threshold)
    FROM loyalty_standing AS standing
    JOIN loyalty_tier AS tier ON tier.id = standing.tier_id
    WHERE standing.customer_id = ANY (customers_family(reaching.customer_id))
        AND standing.tier_set_id = %(ladder)s AND standing.ends_at IS NULL
), 0)
ORDER BY reaching.customer_id, reaching.place
