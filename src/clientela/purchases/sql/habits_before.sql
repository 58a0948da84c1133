-- What was usual for whoever bought before each of these purchases, over its family: in order of time,
-- then of reference; what was amended to nothing is none. One row each, in their order.
WITH asked AS MATERIALIZED (
    SELECT
        row.*,
        date_trunc('day', local.moment) AS day,
        date_trunc('week', local.moment) AS week,
        date_trunc('month', local.moment)::date AS month_on,
        date_trunc('year', local.moment)::date AS year_on
    FROM unnest(
        %(customer_id)s::uuid[], %(occurred_at)s::timestamptz[], %(reference)s::text[],
        %(currency)s::text[]
    ) WITH ORDINALITY AS row (customer_id, occurred_at, reference, currency, place)
    CROSS JOIN LATERAL (SELECT row.occurred_at AT TIME ZONE %(zone)s::text AS moment) AS local
),
root AS (
    SELECT DISTINCT named.id AS named, coalesce(named.merged_into, named.id) AS id
    FROM asked
    JOIN customers_customer AS named ON named.id = asked.customer_id
),
kin AS MATERIALIZED (
    SELECT root.named, root.id FROM root
    UNION ALL
    SELECT root.named, alias.id
    FROM root
    JOIN customers_customer AS alias ON alias.merged_into = root.id
),
stopped AS (
    SELECT DISTINCT kin.named
    FROM kin
    JOIN purchases_habitstop AS stop ON stop.customer_id = kin.id
),
known AS MATERIALIZED (
    SELECT kin.named, habit.*
    FROM purchases_habits_now(
        (SELECT array_agg(DISTINCT id) FROM kin), '-infinity',
        (SELECT max(month_on) FROM asked), %(zone)s::text
    ) AS habit
    JOIN kin ON kin.id = habit.customer_id
),
earlier AS (
    SELECT
        asked.place,
        sum(known.purchases) FILTER (WHERE known.month_on >= asked.year_on) AS in_year,
        sum(known.purchases) AS ever,
        min(known.month_on) AS first_on,
        bit_or(1::bigint << months.ago) FILTER (WHERE months.ago < 63) AS months_back,
        sum(known.purchases) FILTER (WHERE months.ago <= 6 AND known.currency = asked.currency)
            AS baskets,
        sum(known.spent_minor) FILTER (WHERE months.ago <= 6 AND known.currency = asked.currency)
            AS baskets_minor
    FROM asked
    JOIN known ON known.named = asked.customer_id AND known.month_on < asked.month_on
    CROSS JOIN LATERAL (
        SELECT (
            extract(year FROM asked.month_on) * 12 + extract(month FROM asked.month_on)
            - extract(year FROM known.month_on) * 12 - extract(month FROM known.month_on)
        )::integer AS ago
    ) AS months
    WHERE known.category_id = '00000000-0000-0000-0000-000000000000'
    GROUP BY asked.place
),
latest AS MATERIALIZED (
    SELECT
        asked.place, asked.month_on, asked.day AS own_day, asked.week AS own_week,
        purchase.id, purchase.customer_id,
        purchase.purchased_at AT TIME ZONE %(zone)s::text AS moment
    FROM asked
    JOIN kin ON kin.named = asked.customer_id
    JOIN purchases_purchase AS purchase ON purchase.customer_id = kin.id
        AND purchase.purchased_at
            >= (least(asked.month_on::timestamp, asked.week) - interval '1 day') AT TIME ZONE 'UTC'
        AND purchase.purchased_at <= asked.occurred_at
    WHERE (purchase.purchased_at, purchase.external_ref) < (asked.occurred_at, asked.reference)
        AND NOT (
            purchase.total_minor > 0
            AND purchase.returned_minor = purchase.total_minor
            AND purchase.total_minor = (
                SELECT sum(given.amount_minor)
                FROM purchases_return AS given
                WHERE given.customer_id = purchase.customer_id
                    AND given.purchase_id = purchase.id
                    AND given.kind = 'amendment'
            )
        )
),
recent AS (
    SELECT
        place,
        count(*) FILTER (WHERE moment >= own_day) AS in_day,
        count(*) FILTER (WHERE moment >= own_week) AS in_week,
        count(*) FILTER (WHERE moment >= month_on) AS in_month
    FROM latest
    GROUP BY place
),
category AS (
    SELECT asked.place, known.category_id, max(known.month_on) AS last_on
    FROM asked
    JOIN known ON known.named = asked.customer_id AND known.month_on < asked.month_on
    WHERE %(with_categories)s::boolean
        AND known.category_id <> '00000000-0000-0000-0000-000000000000'
    GROUP BY asked.place, known.category_id
    UNION ALL
    SELECT
        latest.place,
        CASE WHEN bought.tx < filed.tx THEN filed.category_id ELSE line.category_id END,
        latest.month_on
    FROM latest
    JOIN purchases_purchase AS bought ON bought.id = latest.id
    JOIN purchases_line AS line
        ON line.customer_id = latest.customer_id AND line.purchase_id = latest.id
    LEFT JOIN purchases_habitcategory AS filed ON filed.product_id = line.product_id
    WHERE %(with_categories)s::boolean AND line.category_id IS NOT NULL AND latest.moment >= latest.month_on
),
categories AS (
    SELECT
        category.place,
        array_agg(DISTINCT category.category_id) AS ever,
        count(DISTINCT category.category_id)
            FILTER (WHERE category.last_on >= asked.month_on - interval '12 months') AS lately
    FROM category
    JOIN asked ON asked.place = category.place
    GROUP BY category.place
)
SELECT
    stopped.named IS NULL,
    coalesce(recent.in_day, 0)::bigint,
    coalesce(recent.in_week, 0)::bigint,
    coalesce(recent.in_month, 0)::bigint,
    (coalesce(earlier.in_year, 0) + coalesce(recent.in_month, 0))::bigint,
    (coalesce(earlier.ever, 0) + coalesce(recent.in_month, 0))::bigint,
    coalesce(earlier.months_back, 0),
    coalesce(
        extract(year FROM asked.month_on) * 12 + extract(month FROM asked.month_on)
        - extract(year FROM earlier.first_on) * 12 - extract(month FROM earlier.first_on) - 1, 0
    )::integer,
    coalesce(earlier.baskets, 0)::bigint,
    coalesce(earlier.baskets_minor, 0)::bigint,
    coalesce(categories.lately, 0)::bigint,
    coalesce(categories.ever, '{}')
FROM asked
LEFT JOIN stopped ON stopped.named = asked.customer_id
LEFT JOIN earlier ON earlier.place = asked.place
LEFT JOIN recent ON recent.place = asked.place
LEFT JOIN categories ON categories.place = asked.place
ORDER BY asked.place
