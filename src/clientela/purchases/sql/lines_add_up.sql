-- A purchase with lines is worth the sum of its lines and delivery; what came back is the sum of its returns.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('pur_' || replace(id::text, '-', '')) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        purchase.id,
        purchase.returned_minor <> coalesce(given_back.minor, 0)
            OR purchase.total_minor <> coalesce(
                lined.minor + coalesce(detail.delivery_minor, 0), purchase.total_minor
            ) AS wrong
    FROM purchases_purchase AS purchase
    LEFT JOIN (
        SELECT customer_id, purchase_id, sum(total_minor) AS minor
        FROM purchases_line
        GROUP BY customer_id, purchase_id
    ) AS lined ON lined.customer_id = purchase.customer_id AND lined.purchase_id = purchase.id
    LEFT JOIN purchases_detail AS detail
        ON detail.customer_id = purchase.customer_id AND detail.purchase_id = purchase.id
    LEFT JOIN (
        SELECT customer_id, purchase_id, sum(amount_minor) AS minor
        FROM purchases_return
        WHERE purchase_id IS NOT NULL
        GROUP BY customer_id, purchase_id
    ) AS given_back
        ON given_back.customer_id = purchase.customer_id AND given_back.purchase_id = purchase.id
) AS purchase
