-- Weekdays, hours, places and the two last quarters of records, counted from their purchases since a
-- day; as `habit_read` does for one family, for many records at once; quarters end with the last purchase.
SELECT
    asked.id,
    extract(isodow FROM local.moment)::integer,
    extract(hour FROM local.moment)::integer,
    purchase.place,
    purchase.currency,
    least((max(local.moment::date) OVER (PARTITION BY asked.id) - local.moment::date)
        / %(days)s::integer, 2),
    (purchase.total_minor - coalesce(amended.minor, 0))::bigint
FROM unnest(%(customers)s::uuid[]) AS asked (id)
JOIN purchases_purchase AS purchase ON purchase.customer_id = asked.id
    AND purchase.purchased_at >= %(starts_at)s
CROSS JOIN LATERAL (SELECT purchase.purchased_at AT TIME ZONE %(zone)s::text AS moment) AS local
LEFT JOIN LATERAL (
    SELECT sum(given.amount_minor) AS minor
    FROM purchases_return AS given
    WHERE given.customer_id = purchase.customer_id
        AND given.purchase_id = purchase.id
        AND given.kind = 'amendment'
) AS amended ON purchase.returned_minor > 0
WHERE purchase.total_minor = 0 OR coalesce(amended.minor, 0) < purchase.total_minor
