-- Standings that were kept until a day before this one, with what was measured in the period that ended
-- with that day. Of whom no conclusions may be drawn nothing is decided; they stay where they stand.
SELECT
    standing.id, standing.customer_id, standing.tier_id, standing.kept_until,
    loyalty_measured(
        customers_family(standing.customer_id), ladder.key,
        loyalty_window_start(ladder.time_window, standing.kept_until) AT TIME ZONE %(zone)s,
        (standing.kept_until + 1)::timestamp AT TIME ZONE %(zone)s
    )
FROM loyalty_standing AS standing
JOIN loyalty_tierset AS ladder ON ladder.key = standing.tier_set_id
WHERE standing.tier_set_id = %(ladder)s AND standing.ends_at IS NULL
    AND standing.kept_until < %(today)s
    AND NOT privacy_forbids(
        customers_family(standing.customer_id), ARRAY['frozen', 'kept_by_law', 'profiling']
    )
    AND (%(after)s::uuid IS NULL OR standing.customer_id > %(after)s::uuid)
ORDER BY standing.customer_id
LIMIT %(limit)s
