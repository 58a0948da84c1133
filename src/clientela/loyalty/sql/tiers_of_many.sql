-- The tiers each of these records stands on now, and every lower one of the same ladder.
SELECT DISTINCT standing.customer_id, lower.id
FROM loyalty_standing AS standing
JOIN loyalty_tier AS tier ON tier.id = standing.tier_id
JOIN loyalty_tier AS lower
    ON lower.tier_set_id = tier.tier_set_id AND lower.threshold <= tier.threshold
WHERE standing.customer_id = ANY (%(records)s) AND standing.starts_at <= now()
    AND (standing.ends_at IS NULL OR standing.ends_at > now())
