-- Points that people got on records known by their own e-mail, where they booked them or rang the purchase
-- up themselves; the newest first.
WITH staff AS (
    SELECT *
    FROM unnest(%(people)s::text[], %(emails)s::text[], %(names)s::text[]) AS row (person, email, name)
),
own AS MATERIALIZED (
    SELECT DISTINCT staff.person, staff.email, staff.name, record.customer_id
    FROM staff
    JOIN customers_identitykey AS key ON key.kind = 'email' AND key.value_norm = staff.email
    CROSS JOIN LATERAL unnest(customers_family(key.customer_id)) AS record (customer_id)
)
SELECT
    posting.id, own.person, posting.customer_id, currency.code::text, posting.kind, moved.points,
    posting.occurred_at, posting.actor <> own.person
FROM own
JOIN loyalty_posting AS posting
    ON posting.customer_id = own.customer_id AND posting.posted_at >= %(since)s
JOIN loyalty_currency AS currency ON currency.id = posting.currency_id
LEFT JOIN purchases_purchase AS bought
    ON bought.customer_id = posting.customer_id AND bought.id = posting.purchase_id
CROSS JOIN LATERAL (
    SELECT sum(entry.amount)::bigint AS points
    FROM loyalty_entry AS entry
    WHERE entry.customer_id = posting.customer_id AND entry.posting_id = posting.id
) AS moved
WHERE posting.kind IN ('earn', 'grant', 'transfer_in', 'reinstate', 'forgive')
    AND (%(before)s::bigint IS NULL OR posting.id < %(before)s::bigint)
    AND moved.points > 0
    AND (
        posting.actor = own.person
        OR bought.staff <> '' AND lower(bought.staff) IN (own.email, lower(own.name), own.person)
    )
ORDER BY posting.id DESC
LIMIT %(limit)s
