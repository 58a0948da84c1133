-- What records bought in months (null: in all), counted from purchases, lines and returns: those of
-- transactions before `upto`, or all there are. The nil category is the whole basket. A purchase that
-- was amended to nothing is none.
CREATE OR REPLACE FUNCTION purchases_habits(
    wanted_ids uuid[], wanted_months date[], upto xid8, zone text
) RETURNS TABLE (
    customer_id uuid, month_on date, category_id uuid, channel text, currency text,
    purchases bigint, visit_day_mask integer, lines bigint, units_milli bigint, spent_minor bigint,
    discount_minor bigint, returned_minor bigint, first_at timestamptz, last_at timestamptz
) LANGUAGE sql STABLE AS $$
WITH wanted AS (
    SELECT DISTINCT row.customer_id, row.month_on
    FROM unnest(wanted_ids, wanted_months) AS row (customer_id, month_on)
),
bought AS (
    SELECT
        purchase.id, purchase.customer_id, purchase.purchased_at, purchase.tx, purchase.channel,
        purchase.currency, purchase.total_minor, purchase.quantity_milli, purchase.returned_minor,
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
    WHERE (upto IS NULL OR purchase.tx < upto)
        AND (wanted.month_on IS NULL OR date_trunc('month', local.moment)::date = wanted.month_on)
),
back AS (
    SELECT
        given.id, given.customer_id, given.purchase_id, given.amount_minor,
        given.kind = 'amendment' AS amends
    FROM bought
    JOIN purchases_return AS given
        ON given.customer_id = bought.customer_id AND given.purchase_id = bought.id
    WHERE bought.returned_minor > 0
        AND (upto IS NULL OR given.tx IS NULL OR given.tx < upto)
),
back_of_purchase AS (
    SELECT
        purchase_id,
        coalesce(sum(amount_minor) FILTER (WHERE amends), 0) AS amended_minor,
        coalesce(sum(amount_minor) FILTER (WHERE NOT amends), 0) AS returned_minor
    FROM back
    GROUP BY purchase_id
),
back_of_line AS (
    SELECT
        part.line_id,
        coalesce(sum(part.quantity_milli) FILTER (WHERE amends), 0) AS amended_milli,
        coalesce(sum(part.amount_minor) FILTER (WHERE amends), 0) AS amended_minor,
        coalesce(sum(part.amount_minor) FILTER (WHERE NOT amends), 0) AS returned_minor
    FROM back
    JOIN purchases_returnline AS part
        ON part.customer_id = back.customer_id AND part.return_id = back.id
    GROUP BY part.line_id
),
sale AS (
    SELECT
        bought.*,
        bought.total_minor - coalesce(back.amended_minor, 0) AS spent_minor,
        coalesce(back.returned_minor, 0) AS back_minor
    FROM bought
    LEFT JOIN back_of_purchase AS back ON back.purchase_id = bought.id
    WHERE bought.total_minor = 0 OR coalesce(back.amended_minor, 0) < bought.total_minor
),
item AS (
    SELECT
        sale.id AS purchase_id, sale.customer_id, sale.month_on, sale.visit_day, sale.channel,
        sale.currency, sale.purchased_at, line.discount_minor,
        CASE WHEN sale.tx < filed.tx THEN filed.category_id ELSE line.category_id END
            AS category_id,
        line.quantity_milli - coalesce(back.amended_milli, 0) AS units_milli,
        line.total_minor - coalesce(back.amended_minor, 0) AS spent_minor,
        coalesce(back.returned_minor, 0) AS back_minor
    FROM sale
    JOIN purchases_line AS line
        ON line.customer_id = sale.customer_id AND line.purchase_id = sale.id
    LEFT JOIN back_of_line AS back ON back.line_id = line.id
    LEFT JOIN purchases_habitcategory AS filed ON filed.product_id = line.product_id
    WHERE coalesce(back.amended_milli, 0) < line.quantity_milli OR line.quantity_milli = 0
),
lined AS (
    SELECT
        purchase_id, count(*) AS lines, sum(units_milli) AS units_milli,
        sum(discount_minor) AS discount_minor
    FROM item
    GROUP BY purchase_id
)
SELECT
    sale.customer_id, sale.month_on, '00000000-0000-0000-0000-000000000000'::uuid, sale.channel,
    sale.currency, count(*), bit_or(sale.visit_day), coalesce(sum(lined.lines), 0)::bigint,
    sum(coalesce(lined.units_milli, sale.quantity_milli))::bigint, sum(sale.spent_minor)::bigint,
    coalesce(sum(lined.discount_minor), 0)::bigint, sum(sale.back_minor)::bigint,
    min(sale.purchased_at), max(sale.purchased_at)
FROM sale
LEFT JOIN lined ON lined.purchase_id = sale.id
GROUP BY sale.customer_id, sale.month_on, sale.channel, sale.currency
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
