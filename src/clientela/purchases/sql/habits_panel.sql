-- What the customer usually buys, as it was folded: three categories of the last six whole months and the month
-- that runs, with the last three of them beside the three before; how often, where and when. Nothing of records
-- of which no habits are kept.
CREATE OR REPLACE FUNCTION purchases_habits_panel(family uuid[], today date, now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    this_month date := date_trunc('month', today)::date;
BEGIN
    IF EXISTS (SELECT FROM purchases_habitstop WHERE customer_id = ANY (family)) THEN
        RETURN json_build_object('categories', '[]'::json, 'usual', NULL);
    END IF;
    RETURN (
        WITH spent AS MATERIALIZED (
            SELECT
                habit.category_id,
                habit.currency,
                sum(habit.spent_minor)::bigint AS minor,
                coalesce(sum(habit.spent_minor) FILTER (
                    WHERE habit.month_on < this_month
                        AND habit.month_on >= this_month - interval '3 months'
                ), 0)::bigint AS recent,
                coalesce(sum(habit.spent_minor) FILTER (
                    WHERE habit.month_on < this_month - interval '3 months'
                ), 0)::bigint AS before
            FROM purchases_habitmonth AS habit
            WHERE habit.customer_id = ANY (family)
                AND habit.month_on >= this_month - interval '6 months'
            GROUP BY habit.category_id, habit.currency
        ),
        usual AS MATERIALIZED (
            SELECT * FROM purchases_habitprofile
            WHERE customer_id = ANY (family) AND last_at IS NOT NULL
            ORDER BY purchases DESC, customer_id
            LIMIT 1
        )
        SELECT json_build_object(
            'categories', coalesce((
                SELECT json_agg(json_build_object(
                    'key', top.key,
                    'labels', top.labels,
                    'spent', json_build_object('minor', top.minor, 'currency', top.currency),
                    'trend', CASE
                        WHEN top.before = 0 AND top.recent > 0 THEN 'new'
                        WHEN top.recent * 100 >= top.before * 130 AND top.recent > 0 THEN 'more'
                        WHEN top.recent * 100 <= top.before * 70 AND top.before > 0 THEN 'less'
                        ELSE 'even'
                    END
                ) ORDER BY top.minor DESC, top.key)
                FROM (
                    SELECT category.key, category.labels, spent.*
                    FROM spent
                    JOIN products_category AS category ON category.id = spent.category_id
                    WHERE spent.minor > 0
                    ORDER BY spent.minor DESC, category.key
                    LIMIT 3
                ) AS top
            ), '[]'),
            'usual', (
                SELECT json_build_object(
                    'channel', usual.channel,
                    'place', usual.place,
                    'weekday', (
                        SELECT day.number
                        FROM unnest(usual.weekdays) WITH ORDINALITY AS day (times, number)
                        WHERE day.times > 0
                        ORDER BY day.times DESC, day.number
                        LIMIT 1
                    ),
                    'hour', (
                        SELECT hour.number - 1
                        FROM unnest(usual.hours) WITH ORDINALITY AS hour (times, number)
                        WHERE hour.times > 0
                        ORDER BY hour.times DESC, hour.number
                        LIMIT 1
                    ),
                    'gap_days', usual.gap_median_days,
                    'is_overdue', coalesce(usual.lapses_on <= today, false)
                )
                FROM usual
            )
        )
    );
END
$$;
