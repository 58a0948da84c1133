-- For customers at instants: on which tiers they stood then, the highest of each ladder.
SELECT DISTINCT ON (row.place, tier.tier_set_id) row.place, lower(tier.key)
FROM unnest(
    %(customer_id)s::uuid[], %(occurred_at)s::timestamptz[]
) WITH ORDINALITY AS row (customer_id, occurred_at, place)
CROSS JOIN LATERAL (
    SELECT row.customer_id AS id
    UNION ALL
    SELECT merged.id FROM customers_customer AS merged WHERE merged.merged_into = row.customer_id
) AS family
JOIN loyalty_standing AS standing
    ON standing.customer_id = family.id AND standing.starts_at <= row.occurred_at
    AND (standing.ends_at IS NULL OR standing.ends_at > row.occurred_at)
JOIN loyalty_tier AS tier ON tier.id = standing.tier_id
ORDER BY row.place, tier.tier_set_id, tier.threshold DESC
