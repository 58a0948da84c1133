-- Purchases of a time by all that points per money depend on: what was kept of them in whole `unit`s of
-- `money`, in which currency, in which stretch between the `bounds` of months and of rules, on which tier they
-- stood; and by profile type, by which they are told. How many there are of each, and what they come to. Of all
-- customers, or of those in `only`; of purchases behind `after` up to `through`.
SELECT
    purchase.currency,
    (purchase.total_minor - purchase.returned_minor) - CASE WHEN purchase.currency = %(money)s::text
        THEN (purchase.total_minor - purchase.returned_minor) %% %(unit)s::bigint ELSE 0 END,
    width_bucket(purchase.purchased_at, %(bounds)s::timestamptz[]),
    standing.tier_id,
    customer.profile_type_id,
    count(*),
    sum(purchase.total_minor - purchase.returned_minor)::bigint
FROM purchases_purchase AS purchase
JOIN customers_customer AS customer ON customer.id = purchase.customer_id
LEFT JOIN loyalty_standing AS standing
    ON standing.customer_id = purchase.customer_id
    AND standing.tier_id = ANY (%(tiers)s::bigint[])
    AND standing.starts_at < purchase.purchased_at
    AND (standing.ends_at IS NULL OR standing.ends_at > purchase.purchased_at)
WHERE purchase.purchased_at >= %(starts_at)s
    AND purchase.purchased_at < %(ends_at)s
    AND purchase.total_minor > purchase.returned_minor
    AND purchase.id > %(after)s::uuid
    AND purchase.id <= %(through)s::uuid
    AND (%(only)s::uuid[] IS NULL OR coalesce(customer.merged_into, customer.id) = ANY (%(only)s::uuid[]))
GROUP BY 1, 2, 3, 4, 5
