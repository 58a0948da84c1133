-- The habits of records in months from `first_on` to `last_on`, exact at this moment whatever is
-- folded: folded months, and those counted from purchases in which something happened since. Nothing
-- of records of which no habits are kept.
CREATE OR REPLACE FUNCTION purchases_habits_now(
    wanted_ids uuid[], first_on date, last_on date, zone text
) RETURNS SETOF purchases_habitmonth LANGUAGE sql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
WITH reached AS (
    SELECT
        coalesce((SELECT tx FROM purchases_habitposition WHERE node = 1), '0'::xid8) AS tx,
        coalesce((SELECT habit.zone FROM purchases_habitposition AS habit WHERE node = 1), '')
            AS zone,
        (SELECT rebuilt_through FROM purchases_habitposition WHERE node = 1) AS rebuilt_through
),
record AS (
    SELECT
        asked.id,
        reached.tx,
        reached.zone = $4 AND (reached.rebuilt_through IS NULL OR asked.id <= reached.rebuilt_through)
            AS is_folded
    FROM unnest(wanted_ids) AS asked (id)
    CROSS JOIN reached
    WHERE NOT EXISTS (
        SELECT FROM purchases_habitstop AS stop WHERE stop.customer_id = asked.id
    )
),
since AS (
    SELECT record.id AS customer_id, date_trunc('month', bought.purchased_at AT TIME ZONE $4)::date
        AS month_on
    FROM record
    CROSS JOIN LATERAL (
        SELECT purchase.purchased_at
        FROM purchases_purchase AS purchase
        WHERE purchase.customer_id = record.id AND purchase.tx >= record.tx
        UNION ALL
        SELECT purchase.purchased_at
        FROM purchases_return AS given
        JOIN purchases_purchase AS purchase ON purchase.id = given.purchase_id
        WHERE given.customer_id = record.id AND given.tx >= record.tx
    ) AS bought
    WHERE record.is_folded
    UNION
    SELECT id, NULL FROM record WHERE NOT is_folded
),
counted AS (
    SELECT coalesce(array_agg(customer_id), '{}') AS ids, coalesce(array_agg(month_on), '{}') AS months
    FROM since
    WHERE month_on IS NULL OR month_on BETWEEN first_on AND last_on
)
SELECT habit.*
FROM record
JOIN purchases_habitmonth AS habit
    ON habit.customer_id = record.id AND habit.month_on BETWEEN first_on AND last_on
WHERE record.is_folded
    AND NOT EXISTS (
        SELECT FROM since
        WHERE since.customer_id = habit.customer_id AND since.month_on = habit.month_on
    )
UNION ALL
SELECT fresh.*
FROM counted
CROSS JOIN LATERAL purchases_habits(counted.ids, counted.months, NULL, $4) AS fresh
WHERE fresh.month_on BETWEEN first_on AND last_on
$$;
