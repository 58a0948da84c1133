-- Customers who asked to come back to an offer and whose day is near or past, without anything newer
-- said of it.
SELECT
    outcome.customer_id, customer.display_name, outcome.offer_id, outcome.until_on,
    outcome.recorded_by, outcome.proposal_id
FROM retention_outcome AS outcome
JOIN customers_customer AS customer ON customer.id = outcome.customer_id
JOIN retention_offer AS offer ON offer.id = outcome.offer_id AND offer.withdrawn_at IS NULL
WHERE outcome.kind = 'later'
    AND outcome.until_on <= %(until)s::date
    AND outcome.until_on > %(since)s::date
    AND NOT EXISTS (
        SELECT FROM retention_outcome AS newer
        WHERE newer.customer_id = outcome.customer_id
            AND newer.offer_id = outcome.offer_id
            AND newer.recorded_at > outcome.recorded_at
            AND newer.kind <> 'not_presented'
    )
    AND NOT privacy_forbids(
        ARRAY[outcome.customer_id, coalesce(customer.merged_into, customer.id)],
        ARRAY['frozen', 'kept_by_law', 'marketing']
    )
    AND (
        %(branches)s::text[] IS NULL AND %(restricted)s
        OR customers_is_seen(outcome.customer_id, %(branches)s::text[], %(viewer)s::uuid, %(restricted)s)
    )
ORDER BY outcome.until_on, outcome.id
LIMIT %(limit)s
