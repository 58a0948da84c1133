-- What purchases of a time really earned, less what returns took of it again, by month, tier of the moment
-- and profile type. Of all customers, or of those in `only`.
WITH taken AS (
    SELECT reversal.reverses_id, sum(back.amount) + sum(reversal.forgiven) AS points
    FROM loyalty_posting AS reversal
    JOIN loyalty_entry AS back
        ON back.customer_id = reversal.customer_id AND back.posting_id = reversal.id
    WHERE reversal.kind = 'reverse' AND reversal.currency_id = %(currency_id)s
        AND reversal.occurred_at >= %(starts_at)s
    GROUP BY reversal.reverses_id
)
SELECT
    date_trunc('month', earned.occurred_at AT TIME ZONE %(zone)s::text)::date,
    coalesce(tier.key, ''),
    kind.key,
    sum(entry.amount - coalesce(taken.points, 0))::bigint
FROM loyalty_posting AS earned
JOIN loyalty_entry AS entry
    ON entry.customer_id = earned.customer_id AND entry.posting_id = earned.id
JOIN customers_customer AS customer ON customer.id = earned.customer_id
JOIN customers_profiletype AS kind ON kind.id = customer.profile_type_id
LEFT JOIN taken ON taken.reverses_id = earned.id
LEFT JOIN (
    SELECT standing.customer_id, standing.starts_at, standing.ends_at, step.key
    FROM loyalty_standing AS standing
    JOIN loyalty_tier AS step ON step.id = standing.tier_id
    JOIN loyalty_tierset AS ladder ON ladder.key = step.tier_set_id
    WHERE ladder.currency_id = %(currency_id)s
) AS tier
    ON tier.customer_id = earned.customer_id
    AND tier.starts_at < earned.occurred_at
    AND (tier.ends_at IS NULL OR tier.ends_at > earned.occurred_at)
WHERE earned.kind = 'earn'
    AND earned.purchase_id IS NOT NULL
    AND earned.currency_id = %(currency_id)s
    AND earned.occurred_at >= %(starts_at)s
    AND earned.occurred_at < %(ends_at)s
    AND (%(only)s::uuid[] IS NULL OR coalesce(customer.merged_into, customer.id) = ANY (%(only)s::uuid[]))
GROUP BY 1, 2, 3
