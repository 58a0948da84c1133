-- When and where a family bought from `starts_at` to before `ends_at`: local weekday (1 is Monday), hour,
-- place, currency, and the quarter it lies in (0: the last 90 days before `ends_at`, 1: the 90 before
-- them, 2: earlier); how often and for how much.
SELECT
    extract(isodow FROM local.moment)::integer,
    extract(hour FROM local.moment)::integer,
    purchase.place,
    purchase.currency,
    least((%(last_on)s::date - local.moment::date) / %(days)s::integer, 2),
    count(*),
    sum(purchase.total_minor - coalesce(amended.minor, 0))::bigint
FROM purchases_purchase AS purchase
CROSS JOIN LATERAL (SELECT purchase.purchased_at AT TIME ZONE %(zone)s::text AS moment) AS local
LEFT JOIN LATERAL (
    SELECT sum(given.amount_minor) AS minor
    FROM purchases_return AS given
    WHERE given.customer_id = purchase.customer_id
        AND given.purchase_id = purchase.id
        AND given.kind = 'amendment'
) AS amended ON purchase.returned_minor > 0
WHERE purchase.customer_id = ANY (%(family)s::uuid[])
    AND purchase.purchased_at >= %(starts_at)s
    AND purchase.purchased_at < %(ends_at)s
    AND (purchase.total_minor = 0 OR coalesce(amended.minor, 0) < purchase.total_minor)
GROUP BY 1, 2, 3, 4, 5
