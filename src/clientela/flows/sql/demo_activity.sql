-- When the demo's customers were last heard of: their history was told in a minute.
UPDATE customers_customer AS customer
SET last_activity_at = heard.last_at
FROM (
    SELECT customer_id, max(occurred_at) AS last_at
    FROM events_event
    WHERE occurred_at <= %(now)s
    GROUP BY customer_id
) AS heard
WHERE customer.id = heard.customer_id AND customer.is_demo;
