-- Looking that somebody should ask about, by the company's day: people who opened their own record or a
-- colleague's (the e-mail of somebody who signs in is also the customer's), who opened more customers a
-- day than a person reads, or far more than they do themselves on an ordinary day.
WITH opened AS (
    SELECT actor, (seen_at AT TIME ZONE %(zone)s::text)::date AS day, customer_id
    FROM customers_access
    WHERE seen_at >= %(before)s::timestamptz AND seen_at <= %(now)s::timestamptz AND actor LIKE 'per\_%%'
),
daily AS (
    SELECT actor, day, count(DISTINCT customer_id) AS customers FROM opened GROUP BY actor, day
),
usual AS (
    SELECT actor, percentile_cont(0.5) WITHIN GROUP (ORDER BY customers) AS median
    FROM daily
    WHERE day < (%(since)s::timestamptz AT TIME ZONE %(zone)s::text)::date
    GROUP BY actor
),
known AS (
    SELECT DISTINCT coalesce(customer.merged_into, customer.id) AS customer_id, 'per_' || replace(person.id::text, '-', '') AS person
    FROM staff_person AS person
    JOIN customers_identitykey AS key ON key.kind = 'email' AND key.value_norm = lower(person.email)
    JOIN customers_customer AS customer ON customer.id = key.customer_id
),
found AS (
    SELECT
        CASE WHEN known.person = opened.actor THEN 'own-record' ELSE 'colleague' END AS kind,
        opened.actor, opened.day, 1 AS customers, opened.customer_id, NULL::double precision AS usual
    FROM opened
    JOIN known ON known.customer_id = opened.customer_id
    GROUP BY 1, opened.actor, opened.day, opened.customer_id
    UNION ALL
    SELECT
        CASE WHEN daily.customers > %(many)s THEN 'many-customers' ELSE 'more-than-usual' END,
        daily.actor, daily.day, daily.customers, NULL, usual.median
    FROM daily
    LEFT JOIN usual ON usual.actor = daily.actor
    WHERE daily.customers > %(many)s
        OR (usual.median >= 5 AND daily.customers > %(times)s * usual.median)
)
SELECT kind, actor, day::timestamp AT TIME ZONE %(zone)s::text, customers, customer_id, round(usual)::int
FROM found
WHERE day >= (%(since)s::timestamptz AT TIME ZONE %(zone)s::text)::date
ORDER BY day DESC, kind, actor
LIMIT %(limit)s
