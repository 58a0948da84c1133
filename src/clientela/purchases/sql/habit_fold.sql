-- Count the months anew in which something was bought or given back in transactions from `tx` to before
-- `upto`; only where something came back can a row be of nothing any more. Returns what was bought of a
-- category for the first time, by whom and when.
WITH touched AS (
    SELECT asked.id
    FROM unnest(%(customers)s::uuid[]) AS asked (id)
    WHERE asked.id <= coalesce(%(through)s::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        AND NOT EXISTS (
            SELECT FROM purchases_habitstop AS stop WHERE stop.customer_id = asked.id
        )
),
since AS (
    SELECT
        touched.id AS customer_id,
        date_trunc('month', bought.purchased_at AT TIME ZONE %(zone)s::text)::date AS month_on,
        bool_or(bought.came_back) AS came_back
    FROM touched
    CROSS JOIN LATERAL (
        SELECT purchase.purchased_at, false AS came_back
        FROM purchases_purchase AS purchase
        WHERE purchase.customer_id = touched.id
            AND purchase.tx >= %(tx)s::text::xid8
            AND purchase.tx < %(upto)s::text::xid8
        UNION ALL
        SELECT purchase.purchased_at, true
        FROM purchases_return AS given
        JOIN purchases_purchase AS purchase ON purchase.id = given.purchase_id
        WHERE given.customer_id = touched.id
            AND given.tx >= %(tx)s::text::xid8
            AND given.tx < %(upto)s::text::xid8
    ) AS bought
    GROUP BY 1, 2
),
counted AS (
    SELECT array_agg(customer_id) AS ids, array_agg(month_on) AS months FROM since
),
fresh AS MATERIALIZED (
    SELECT habit.*
    FROM counted
    CROSS JOIN LATERAL purchases_habits(
        counted.ids, counted.months, %(upto)s::text::xid8, %(zone)s::text
    ) AS habit
),
gone AS (
    DELETE FROM purchases_habitmonth AS old
    USING since
    WHERE since.came_back
        AND old.customer_id = since.customer_id
        AND old.month_on = since.month_on
        AND (old.customer_id, old.month_on, old.category_id, old.channel, old.currency) NOT IN (
            SELECT customer_id, month_on, category_id, channel, currency FROM fresh
        )
),
written AS (
    INSERT INTO purchases_habitmonth AS old
    SELECT * FROM fresh
    ORDER BY customer_id, month_on, category_id
    ON CONFLICT (customer_id, month_on, category_id, channel, currency) DO UPDATE
    SET purchases = excluded.purchases,
        visit_day_mask = excluded.visit_day_mask,
        lines = excluded.lines,
        units_milli = excluded.units_milli,
        spent_minor = excluded.spent_minor,
        discount_minor = excluded.discount_minor,
        returned_minor = excluded.returned_minor,
        first_at = excluded.first_at,
        last_at = excluded.last_at
),
bought AS (
    SELECT DISTINCT customer_id FROM since
),
staled AS (
    UPDATE purchases_habitprofile AS profile SET is_stale = true
    FROM bought
    WHERE profile.customer_id = bought.customer_id AND NOT profile.is_stale
),
begun AS (
    INSERT INTO purchases_habitprofile (customer_id, gaps, weekdays, hours, categories)
    SELECT customer_id, '{}'::integer[], '{}'::integer[], '{}'::integer[], '{}'::uuid[]
    FROM bought
    WHERE NOT EXISTS (
        SELECT FROM purchases_habitprofile AS profile WHERE profile.customer_id = bought.customer_id
    )
)
SELECT fresh.customer_id, fresh.category_id, min(fresh.first_at)
FROM fresh
WHERE fresh.category_id <> '00000000-0000-0000-0000-000000000000'
    AND fresh.first_at >= %(told_since)s
    AND EXISTS (
        SELECT FROM purchases_habitmonth AS before
        WHERE before.customer_id = fresh.customer_id AND before.month_on < fresh.month_on
    )
    AND NOT EXISTS (
        SELECT FROM purchases_habitmonth AS before
        WHERE before.customer_id = fresh.customer_id AND before.category_id = fresh.category_id
    )
GROUP BY fresh.customer_id, fresh.category_id
ORDER BY fresh.customer_id, fresh.category_id
