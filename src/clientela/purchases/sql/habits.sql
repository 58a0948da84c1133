-- What records bought in months (null: in all), counted from purchases, lines and returns: those of
-- transactions before `upto`, or all there are. The nil category is the whole basket. A purchase that
-- was amended to nothing is none.
--
-- Every row is looked up through an index of its customer, and no two sets are joined: nobody knows how
-- long the arrays are, and one plan, made once, must do for one record and for ten thousand.
CREATE OR REPLACE FUNCTION purchases_habits(
    wanted_ids uuid[], wanted_months date[], upto xid8, zone text
) RETURNS TABLE (
    customer_id uuid, month_on date, category_id uuid, channel text, currency text,
    purchases bigint, visit_day_mask integer, lines bigint, units_milli bigint, spent_minor bigint,
    discount_minor bigint, returned_minor bigint, first_at timestamptz, last_at timestamptz
) LANGUAGE sql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
WITH wanted AS (
    SELECT DISTINCT row.customer_id, row.month_on
    FROM unnest(wanted_ids, wanted_months) AS row (customer_id, month_on)
),
sale AS (
    SELECT
        purchase.id, purchase.customer_id, purchase.purchased_at, purchase.tx, purchase.channel,
        purchase.currency, purchase.quantity_milli, purchase.returned_minor,
        purchase.total_minor - coalesce(back.amended_minor, 0) AS spent_minor,
        coalesce(back.returned_minor, 0) AS back_minor,
        date_trunc('month', local.moment)::date AS month_on,
        1 << (extract(day FROM local.moment)::integer - 1) AS visit_day
    FROM wanted
    JOIN purchases_purchase AS purchase ON purchase.customer_id = wanted.customer_id
        AND purchase.purchased_at
            >= coalesce((wanted.month_on - 1)::timestamp AT TIME ZONE 'UTC', '-infinity')
        AND purchase.purchased_at < coalesce(
            (wanted.month_on + interval '1 month 1 day') AT TIME ZONE 'UTC', 'infinity'
        )
    CROSS JOIN LATERAL (SELECT purchase.purchased_at AT TIME ZONE zone AS moment) AS local
    LEFT JOIN LATERAL (
        SELECT
            sum(given.amount_minor) FILTER (WHERE given.kind = 'amendment') AS amended_minor,
            sum(given.amount_minor) FILTER (WHERE given.kind <> 'amendment') AS returned_minor
        FROM purchases_return AS given
        WHERE given.customer_id = purchase.customer_id
            AND given.purchase_id = purchase.id
            AND (upto IS NULL OR given.tx IS NULL OR given.tx < upto)
    ) AS back ON purchase.returned_minor > 0
    WHERE (upto IS NULL OR purchase.tx < upto)
        AND (wanted.month_on IS NULL OR date_trunc('month', local.moment)::date = wanted.month_on)
        AND (purchase.total_minor = 0 OR coalesce(back.amended_minor, 0) < purchase.total_minor)
),
item AS MATERIALIZED (
    SELECT
        sale.id AS purchase_id, sale.customer_id, sale.month_on, sale.visit_day, sale.channel,
        sale.currency, sale.purchased_at, sale.quantity_milli AS whole_milli,
        sale.spent_minor AS whole_minor, sale.back_minor AS whole_back_minor, line.*
    FROM sale
    LEFT JOIN LATERAL (
        SELECT
            1 AS lines,
            CASE WHEN sale.tx < filed.tx THEN filed.category_id ELSE bought.category_id END
                AS category_id,
            bought.quantity_milli - coalesce(back.amended_milli, 0) AS units_milli,
            bought.total_minor - coalesce(back.amended_minor, 0) AS spent_minor,
            bought.discount_minor,
            coalesce(back.returned_minor, 0) AS back_minor
        FROM purchases_line AS bought
        LEFT JOIN purchases_habitcategory AS filed ON filed.product_id = bought.product_id
        LEFT JOIN LATERAL (
            SELECT
                sum(part.quantity_milli) FILTER (WHERE given.kind = 'amendment') AS amended_milli,
                sum(part.amount_minor) FILTER (WHERE given.kind = 'amendment') AS amended_minor,
                sum(part.amount_minor) FILTER (WHERE given.kind <> 'amendment') AS returned_minor
            FROM purchases_return AS given
            JOIN purchases_returnline AS part
                ON part.customer_id = given.customer_id AND part.return_id = given.id
            WHERE given.customer_id = sale.customer_id
                AND given.purchase_id = sale.id
                AND (upto IS NULL OR given.tx IS NULL OR given.tx < upto)
                AND part.line_id = bought.id
        ) AS back ON sale.returned_minor > 0
        WHERE bought.customer_id = sale.customer_id
            AND bought.purchase_id = sale.id
            AND (coalesce(back.amended_milli, 0) < bought.quantity_milli OR bought.quantity_milli = 0)
    ) AS line ON true
)
SELECT
    whole.customer_id, whole.month_on, '00000000-0000-0000-0000-000000000000'::uuid, whole.channel,
    whole.currency, count(*), bit_or(whole.visit_day), sum(whole.lines)::bigint,
    sum(whole.units_milli)::bigint, sum(whole.spent_minor)::bigint,
    sum(whole.discount_minor)::bigint, sum(whole.back_minor)::bigint,
    min(whole.purchased_at), max(whole.purchased_at)
FROM (
    SELECT
        item.customer_id, item.month_on, item.channel, item.currency, item.purchased_at,
        item.visit_day, item.whole_minor AS spent_minor, item.whole_back_minor AS back_minor,
        count(item.lines) AS lines,
        coalesce(sum(item.units_milli), item.whole_milli) AS units_milli,
        coalesce(sum(item.discount_minor), 0) AS discount_minor
    FROM item
    GROUP BY
        item.purchase_id, item.customer_id, item.month_on, item.channel, item.currency,
        item.purchased_at, item.visit_day, item.whole_minor, item.whole_back_minor, item.whole_milli
) AS whole
GROUP BY whole.customer_id, whole.month_on, whole.channel, whole.currency
UNION ALL
SELECT
    item.customer_id, item.month_on, item.category_id, item.channel,
    item.currency, count(DISTINCT item.purchase_id), bit_or(item.visit_day), count(*),
    sum(item.units_milli)::bigint, sum(item.spent_minor)::bigint,
    sum(item.discount_minor)::bigint, sum(item.back_minor)::bigint,
    min(item.purchased_at), max(item.purchased_at)
FROM item
WHERE item.category_id IS NOT NULL
GROUP BY
    item.customer_id, item.month_on, item.category_id, item.channel,
    item.currency
$$;
