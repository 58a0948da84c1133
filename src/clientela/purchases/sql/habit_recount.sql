-- Write the habits of records that have none, counted from everything before `upto`.
WITH asked AS (
    SELECT array_agg(row.id) AS ids, array_agg(NULL::date) AS months
    FROM unnest(%(customers)s::uuid[]) AS row (id)
    WHERE NOT EXISTS (SELECT FROM purchases_habitstop AS stop WHERE stop.customer_id = row.id)
),
written AS (
    INSERT INTO purchases_habitmonth
    SELECT habit.*
    FROM asked
    CROSS JOIN LATERAL purchases_habits(
        asked.ids, asked.months, %(upto)s::text::xid8, %(zone)s::text
    ) AS habit
    RETURNING customer_id
)
INSERT INTO purchases_habitprofile AS profile (customer_id, gaps, weekdays, hours, categories)
SELECT DISTINCT customer_id, '{}'::integer[], '{}'::integer[], '{}'::integer[], '{}'::uuid[]
FROM written
ON CONFLICT (customer_id) DO UPDATE SET is_stale = true WHERE NOT profile.is_stale
