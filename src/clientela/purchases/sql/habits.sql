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
SET work_mem = '32MB'
AS $$
WITH wanted AS (
    SELECT DISTINCT row.customer_id, row.month_on
    FROM unnest(wanted_ids, wanted_months) AS row (customer_id, month_on)
),
sale AS (
    SELECT
        purchase.id, purchase.customer_id, purchase.purchased_at, purchase.tx, purchase.channel,
        purchase.currency, purchase.quantity_milli, purchase.returned_minor,
        purchase.total_minor - back.amended_minor AS spent_minor,
        back.returned_minor AS back_minor,
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
    CROSS JOIN LATERAL (
        SELECT
            coalesce(sum(given.amount_minor) FILTER (WHERE given.kind = 'amendment'), 0)::bigint
                AS amended_minor,
            coalesce(sum(given.amount_minor) FILTER (WHERE given.kind <> 'amendment'), 0)::bigint
                AS returned_minor
        FROM purchases_return AS given
        WHERE purchase.returned_minor > 0
            AND given.customer_id = purchase.customer_id
            AND given.purchase_id = purchase.id
            AND (upto IS NULL OR given.tx IS NULL OR given.tx < upto)
    ) AS back
    WHERE (upto IS NULL OR purchase.tx < upto)
        AND (wanted.month_on IS NULL OR date_trunc('month', local.moment)::date = wanted.month_on)
        AND (purchase.total_minor = 0 OR back.amended_minor < purchase.total_minor)
),
item AS MATERIALIZED (
    SELECT
        sale.id AS purchase_id, sale.customer_id, sale.month_on, sale.visit_day, sale.channel,
        sale.currency, sale.purchased_at, sale.quantity_milli AS whole_milli,
        sale.spent_minor AS whole_minor, sale.back_minor AS whole_back_minor, line.*,
        coalesce(line.place = 1, true) AS is_first
    FROM sale
    LEFT JOIN LATERAL (
        SELECT
            row_number() OVER () AS place,
            CASE WHEN bought.product_id IS NULL THEN bought.category_id ELSE coalesce(
                (
                    SELECT filed.category_id
                    FROM purchases_habitcategory AS filed
                    WHERE filed.product_id = bought.product_id AND sale.tx < filed.tx
                ),
                bought.category_id
            ) END AS category_id,
            bought.quantity_milli - back.amended_milli AS units_milli,
            bought.total_minor - back.amended_minor AS spent_minor,
            bought.discount_minor,
            back.returned_minor AS back_minor
        FROM purchases_line AS bought
        CROSS JOIN LATERAL (
            SELECT
                coalesce(sum(part.quantity_milli) FILTER (WHERE given.kind = 'amendment'), 0)::bigint
                    AS amended_milli,
                coalesce(sum(part.amount_minor) FILTER (WHERE given.kind = 'amendment'), 0)::bigint
                    AS amended_minor,
                coalesce(sum(part.amount_minor) FILTER (WHERE given.kind <> 'amendment'), 0)::bigint
                    AS returned_minor
            FROM purchases_return AS given
            JOIN purchases_returnline AS part
                ON part.customer_id = given.customer_id AND part.return_id = given.id
            WHERE sale.returned_minor > 0
                AND given.customer_id = sale.customer_id
                AND given.purchase_id = sale.id
                AND (upto IS NULL OR given.tx IS NULL OR given.tx < upto)
                AND part.line_id = bought.id
        ) AS back
        WHERE bought.customer_id = sale.customer_id
            AND bought.purchase_id = sale.id
            AND (back.amended_milli < bought.quantity_milli OR bought.quantity_milli = 0)
    ) AS line ON true
)
SELECT
    item.customer_id, item.month_on, '00000000-0000-0000-0000-000000000000'::uuid, item.channel,
    item.currency, count(*) FILTER (WHERE item.is_first), bit_or(item.visit_day),
    count(item.place), sum(coalesce(item.units_milli, item.whole_milli))::bigint,
    sum(item.whole_minor) FILTER (WHERE item.is_first)::bigint,
    coalesce(sum(item.discount_minor), 0)::bigint,
    sum(item.whole_back_minor) FILTER (WHERE item.is_first)::bigint,
    min(item.purchased_at), max(item.purchased_at)
FROM item
GROUP BY item.customer_id, item.month_on, item.channel, item.currency
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
