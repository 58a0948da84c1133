-- Months that are folded are what is counted anew from the purchases before the position.
WITH reached AS (SELECT tx, zone, rebuilt_through FROM purchases_habitposition WHERE node = 1),
record AS (
    SELECT DISTINCT bought.customer_id AS id
    FROM purchases_purchase AS bought
    CROSS JOIN reached
    WHERE (reached.rebuilt_through IS NULL OR bought.customer_id <= reached.rebuilt_through)
        AND NOT EXISTS (
            SELECT FROM purchases_habitstop AS stop WHERE stop.customer_id = bought.customer_id
        )
),
counted AS (
    SELECT habit.*
    FROM reached
    CROSS JOIN LATERAL purchases_habits(
        (SELECT array_agg(id) FROM record), (SELECT array_agg(NULL::date) FROM record),
        reached.tx, reached.zone
    ) AS habit
),
folded AS (
    SELECT habit.*
    FROM purchases_habitmonth AS habit
    CROSS JOIN reached
    WHERE reached.rebuilt_through IS NULL OR habit.customer_id <= reached.rebuilt_through
)
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('cus_' || replace(id::text, '-', '')) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        coalesce(folded.customer_id, counted.customer_id) AS id,
        folded IS DISTINCT FROM counted AS wrong
    FROM folded
    FULL JOIN counted
        ON counted.customer_id = folded.customer_id
        AND counted.month_on = folded.month_on
        AND counted.category_id = folded.category_id
        AND counted.channel = folded.channel
        AND counted.currency = folded.currency
) AS habit
