-- When customers were last heard of, never back; a merged record tells it of its survivor, too.
UPDATE customers_customer AS customer
SET last_activity_at = latest.heard_at
FROM (
    SELECT coalesce(named.merged_into, named.id) AS customer_id, max(heard.heard_at) AS heard_at
    FROM unnest(%(id)s::uuid[], %(heard_at)s::timestamptz[]) AS heard (id, heard_at)
    JOIN customers_customer AS named ON named.id = heard.id
    GROUP BY coalesce(named.merged_into, named.id)
) AS latest
WHERE customer.id = latest.customer_id
    AND customer.last_activity_at < latest.heard_at
