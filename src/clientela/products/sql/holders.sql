-- Every holder has a holding, and the main holder of a holding is one of its holders.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('hol_' || replace(id::text, '-', '')) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT holder.holding_id AS id, holding.id IS NULL AS wrong
    FROM products_holder AS holder
    LEFT JOIN products_holding AS holding
        ON holding.id = holder.holding_id AND holding.customer_id = holder.main_customer_id
    UNION ALL
    SELECT holding.id, NOT EXISTS (
        SELECT FROM products_holder AS holder
        WHERE holder.holding_id = holding.id AND holder.customer_id = holding.customer_id
    )
    FROM products_holding AS holding
) AS part
