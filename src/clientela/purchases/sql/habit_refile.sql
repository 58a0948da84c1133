-- Let the past of each product count for the category it is in today.
INSERT INTO purchases_habitcategory AS filed (product_id, category_id, tx)
SELECT product.id, product.category_id, pg_current_xact_id()
FROM products_product AS product
WHERE product.category_id IS NOT NULL
ON CONFLICT (product_id) DO UPDATE SET category_id = excluded.category_id, tx = excluded.tx
