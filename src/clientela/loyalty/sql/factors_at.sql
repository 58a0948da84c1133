-- For customers at instants: the rule of the tier they stood on then, the highest where records were
-- merged that stood on several.
SELECT DISTINCT ON (row.place, tier.tier_set_id) tier.factor_rule_id, row.place
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
JOIN loyalty_tierset AS ladder ON ladder.key = tier.tier_set_id
WHERE ladder.currency_id = %(currency_id)s AND tier.factor_rule_id IS NOT NULL
ORDER BY row.place, tier.tier_set_id, tier.threshold DESC
