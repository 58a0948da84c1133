-- The habits of a family as they are told, exact at this moment, as one document: whether none are kept of
-- somebody, when they first bought; in the months from `first_on` to `last_on`, over all records of the
-- family, the whole basket by month, channel and currency, and each category by currency, with what was
-- spent on it by month. Then when and where they bought from `starts_at` to before `ends_at`: by local
-- weekday (1 is Monday) and hour; by place; by the quarter it lies in (0: the last 90 days before `ends_at`,
-- 1: the 90 before them, 2: earlier).
WITH habit AS MATERIALIZED (
    SELECT *
    FROM purchases_habits_now(
        %(family)s::uuid[], %(first_on)s::date, %(last_on)s::date, %(zone)s::text
    )
),
whole AS (
    SELECT
        month_on, channel, currency, sum(purchases)::bigint AS purchases,
        bit_or(visit_day_mask) AS visit_day_mask, sum(lines)::bigint AS lines,
        sum(units_milli)::bigint AS units_milli, sum(spent_minor)::bigint AS spent_minor,
        sum(discount_minor)::bigint AS discount_minor,
        sum(returned_minor)::bigint AS returned_minor, max(last_at) AS last_at
    FROM habit
    WHERE category_id = '00000000-0000-0000-0000-000000000000'
    GROUP BY month_on, channel, currency
),
monthly AS (
    SELECT
        category_id, currency, month_on, sum(purchases) AS purchases,
        bit_or(visit_day_mask) AS visit_day_mask, sum(lines) AS lines,
        sum(units_milli) AS units_milli, sum(spent_minor)::bigint AS spent_minor,
        sum(discount_minor) AS discount_minor, sum(returned_minor) AS returned_minor
    FROM habit
    WHERE category_id <> '00000000-0000-0000-0000-000000000000'
    GROUP BY category_id, currency, month_on
),
share AS (
    SELECT
        category_id, currency, sum(purchases)::bigint AS purchases,
        sum(bit_count(visit_day_mask::bit(31)))::bigint AS visit_days, sum(lines)::bigint AS lines,
        sum(units_milli)::bigint AS units_milli, sum(spent_minor)::bigint AS spent_minor,
        sum(discount_minor)::bigint AS discount_minor,
        sum(returned_minor)::bigint AS returned_minor,
        json_object_agg(month_on, spent_minor) AS by_month
    FROM monthly
    GROUP BY category_id, currency
),
bought AS MATERIALIZED (
    SELECT
        purchase.purchased_at AT TIME ZONE %(zone)s::text AS moment,
        purchase.place,
        purchase.currency,
        purchase.total_minor,
        CASE WHEN purchase.returned_minor > 0 THEN (
            SELECT coalesce(sum(given.amount_minor), 0)::bigint
            FROM purchases_return AS given
            WHERE given.customer_id = purchase.customer_id
                AND given.purchase_id = purchase.id
                AND given.kind = 'amendment'
        ) ELSE 0 END AS amended_minor
    FROM purchases_purchase AS purchase
    WHERE purchase.customer_id = ANY (%(family)s::uuid[])
        AND purchase.purchased_at >= %(starts_at)s
        AND purchase.purchased_at < %(ends_at)s
),
placed AS MATERIALIZED (
    SELECT
        date_part('isodow', moment)::integer AS weekday,
        date_part('hour', moment)::integer AS hour,
        place,
        currency,
        least((%(seen_on)s::date - moment::date) / %(days)s::integer, 2) AS quarter,
        total_minor - amended_minor AS spent_minor
    FROM bought
    WHERE total_minor = 0 OR amended_minor < total_minor
),
rhythm AS (
    SELECT
        weekday, hour, place, currency, quarter, count(*) AS purchases,
        sum(spent_minor)::bigint AS spent_minor
    FROM placed
    GROUP BY GROUPING SETS ((weekday, hour, currency), (place, currency), (quarter, currency))
)
SELECT json_build_object(
    'is_stopped', EXISTS (
        SELECT FROM purchases_habitstop WHERE customer_id = ANY (%(family)s::uuid[])
    ),
    'first_at', (
        SELECT (extract(epoch FROM min(earliest.purchased_at)) * 1000000)::bigint
        FROM unnest(%(family)s::uuid[]) AS record (id)
        CROSS JOIN LATERAL (
            SELECT purchase.purchased_at
            FROM purchases_purchase AS purchase
            WHERE purchase.customer_id = record.id
            ORDER BY purchase.purchased_at
            LIMIT 1
        ) AS earliest
    ),
    'whole', (
        SELECT json_agg(json_build_array(
            month_on, channel, currency, purchases, visit_day_mask, lines, units_milli, spent_minor,
            discount_minor, returned_minor, (extract(epoch FROM last_at) * 1000000)::bigint
        ))
        FROM whole
    ),
    'shares', (
        SELECT json_agg(json_build_array(
            category_id, currency, purchases, visit_days, lines, units_milli, spent_minor,
            discount_minor, returned_minor, by_month
        ))
        FROM share
    ),
    'rhythm', (
        SELECT json_agg(json_build_array(
            weekday, hour, place, currency, quarter, purchases, spent_minor
        ))
        FROM rhythm
    )
)::text
