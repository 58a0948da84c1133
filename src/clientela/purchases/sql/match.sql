-- The purchase a return without a receipt belongs to: same customer, currency, product and unit price,
-- the latest one not later than the return with enough left.
SELECT purchase.id
FROM purchases_purchase AS purchase
WHERE purchase.customer_id = ANY (%(family)s)
    AND purchase.currency = %(currency)s
    AND purchase.purchased_at <= %(returned_at)s
    AND purchase.total_minor - purchase.returned_minor >= %(amount_minor)s
    AND purchase.total_minor * %(quantity_milli)s::bigint
        = %(amount_minor)s::bigint * purchase.quantity_milli
    AND (
        %(product_code)s = ''
        OR EXISTS (
            SELECT
            FROM purchases_line AS line
            WHERE line.customer_id = purchase.customer_id
                AND line.purchase_id = purchase.id
                AND line.product_code = %(product_code)s
        )
    )
ORDER BY purchase.purchased_at DESC, purchase.id DESC
LIMIT 1
