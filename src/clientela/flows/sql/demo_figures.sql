-- How much of the demo company is there: customers of its story, without those written down twice
-- and those of its files; holdings, purchases, returns.
SELECT
    (
        SELECT count(*)
        FROM customers_customer AS customer
        WHERE customer.is_demo AND EXISTS (
            SELECT FROM customers_externalid AS told
            WHERE told.customer_id = customer.id AND told.source = 'demo'
        )
    ),
    (SELECT count(*) FROM products_holding WHERE is_demo),
    (
        SELECT count(*)
        FROM purchases_purchase AS purchase
        JOIN customers_customer AS customer ON customer.id = purchase.customer_id
        WHERE customer.is_demo
    ),
    (
        SELECT count(*)
        FROM purchases_return AS given_back
        JOIN customers_customer AS customer ON customer.id = given_back.customer_id
        WHERE customer.is_demo
    )
