-- Standings that were kept until a day before this one, in order of customers, with the day on which
-- the customer came. Of whom no conclusions may be drawn nothing is decided; they stay where they stand.
SELECT
    standing.id, standing.customer_id, standing.tier_id, standing.kept_until,
    (
        SELECT min(record.known_since)
        FROM customers_customer AS record
        WHERE record.id = ANY (customers_family(standing.customer_id))
    )
FROM loyalty_standing AS standing
WHERE standing.tier_set_id = %(ladder)s AND standing.ends_at IS NULL
    AND standing.kept_until < %(before)s
    AND NOT privacy_forbids(
        customers_family(standing.customer_id), ARRAY['frozen', 'kept_by_law', 'profiling']
    )
    AND (%(after)s::uuid IS NULL OR standing.customer_id > %(after)s::uuid)
ORDER BY standing.customer_id
LIMIT %(limit)s
