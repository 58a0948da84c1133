-- The habits of a family by month, exact at this moment, one column each: hundreds of rows are read
-- several times faster so.
SELECT
    coalesce(json_agg(habit.customer_id), '[]')::text,
    coalesce(json_agg(habit.month_on - '0001-01-01'::date + 1), '[]')::text,
    coalesce(json_agg(habit.category_id), '[]')::text,
    coalesce(json_agg(habit.channel), '[]')::text,
    coalesce(json_agg(habit.currency), '[]')::text,
    coalesce(json_agg(habit.purchases), '[]')::text,
    coalesce(json_agg(habit.visit_day_mask), '[]')::text,
    coalesce(json_agg(habit.lines), '[]')::text,
    coalesce(json_agg(habit.units_milli), '[]')::text,
    coalesce(json_agg(habit.spent_minor), '[]')::text,
    coalesce(json_agg(habit.discount_minor), '[]')::text,
    coalesce(json_agg(habit.returned_minor), '[]')::text,
    coalesce(json_agg((extract(epoch FROM habit.first_at) * 1000000)::bigint), '[]')::text,
    coalesce(json_agg((extract(epoch FROM habit.last_at) * 1000000)::bigint), '[]')::text
FROM purchases_habits_now(
    %(family)s::uuid[], %(first_on)s::date, %(last_on)s::date, %(zone)s::text
) AS habit
