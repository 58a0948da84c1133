-- Purchases of a time by all that points per money depend on: what was kept of them in whole `unit`s of
-- `money`, in which currency, in which stretch between the bounds of rules; and by month, tier of the moment and
-- profile type, by which they are told. How many there are of each, and what they come to. Of all customers,
-- or of those in `only`.
SELECT
    purchase.currency,
    (purchase.total_minor - purchase.returned_minor) - CASE WHEN purchase.currency = %(money)s::text
        THEN (purchase.total_minor - purchase.returned_minor) %% %(unit)s::bigint ELSE 0 END,
    width_bucket(purchase.purchased_at, %(bounds)s::timestamptz[]),
    date_trunc('month', purchase.purchased_at AT TIME ZONE %(zone)s::text)::date,
    coalesce(tier.key, ''),
    coalesce(tier.factor_rule_id, 0),
    kind.key,
    count(*),
    sum(purchase.total_minor - purchase.returned_minor)::bigint
FROM purchases_purchase AS purchase
JOIN customers_customer AS customer ON customer.id = purchase.customer_id
JOIN customers_profiletype AS kind ON kind.id = customer.profile_type_id
LEFT JOIN (
    SELECT standing.customer_id, standing.starts_at, standing.ends_at, step.key, step.factor_rule_id
    FROM loyalty_standing AS standing
    JOIN loyalty_tier AS step ON step.id = standing.tier_id
    JOIN loyalty_tierset AS ladder ON ladder.key = step.tier_set_id
    WHERE ladder.currency_id = %(currency_id)s
) AS tier
    ON tier.customer_id = purchase.customer_id
    AND tier.starts_at < purchase.purchased_at
    AND (tier.ends_at IS NULL OR tier.ends_at > purchase.purchased_at)
WHERE purchase.purchased_at >= %(starts_at)s
    AND purchase.purchased_at < %(ends_at)s
    AND purchase.total_minor > purchase.returned_minor
    AND (%(only)s::uuid[] IS NULL OR coalesce(customer.merged_into, customer.id) = ANY (%(only)s::uuid[]))
GROUP BY 1, 2, 3, 4, 5, 6, 7
