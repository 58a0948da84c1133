-- Every nth purchase of a time, always the same ones, with the profile type of whoever bought, a slice in
-- order of ids.
SELECT purchase.id, kind.key
FROM purchases_purchase AS purchase
JOIN customers_customer AS customer ON customer.id = purchase.customer_id
JOIN customers_profiletype AS kind ON kind.id = customer.profile_type_id
WHERE purchase.purchased_at >= %(starts_at)s
    AND purchase.purchased_at < %(ends_at)s
    AND purchase.total_minor > purchase.returned_minor
    AND purchase.id > %(after)s::uuid
    AND (%(only)s::uuid[] IS NULL OR coalesce(customer.merged_into, customer.id) = ANY (%(only)s::uuid[]))
    AND hashtext(purchase.id::text) & 2147483647 < 2147483648 / %(every)s
ORDER BY purchase.id
LIMIT %(limit)s
