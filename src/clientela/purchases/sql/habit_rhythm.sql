-- When and where a family bought from `starts_at` to before `ends_at`, how often and for how much: by
-- local weekday (1 is Monday) and hour; by place; by the quarter it lies in (0: the last 90 days before
-- `ends_at`, 1: the 90 before them, 2: earlier). One column each, as `habit_months`.
WITH bought AS MATERIALIZED (
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
        least((%(last_on)s::date - moment::date) / %(days)s::integer, 2) AS quarter,
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
SELECT
    coalesce(json_agg(weekday), '[]')::text,
    coalesce(json_agg(hour), '[]')::text,
    coalesce(json_agg(place), '[]')::text,
    coalesce(json_agg(currency), '[]')::text,
    coalesce(json_agg(quarter), '[]')::text,
    coalesce(json_agg(purchases), '[]')::text,
    coalesce(json_agg(spent_minor), '[]')::text
FROM rhythm
