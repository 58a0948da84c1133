-- A customer stands on one tier of a ladder at a time, without two standings that overlap.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('sta_' || replace(id::text, '-', '')) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        standing.id,
        coalesce(lead(standing.starts_at) OVER (
            PARTITION BY standing.customer_id, standing.tier_set_id
            ORDER BY standing.starts_at, standing.id
        ) < standing.ends_at, false)
        OR tier.tier_set_id <> standing.tier_set_id
        OR standing.measured < 0 AS wrong
    FROM loyalty_standing AS standing
    JOIN loyalty_tier AS tier ON tier.id = standing.tier_id
) AS checked
