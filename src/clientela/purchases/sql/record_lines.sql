-- The positions of new purchases.
INSERT INTO purchases_line (
    id, customer_id, purchase_id, line_no, product_id, product_code, category_id, quantity_milli,
    total_minor, tax_minor, discount_minor, serial
)
SELECT *
FROM unnest(
    %(id)s::uuid[], %(customer_id)s::uuid[], %(purchase_id)s::uuid[], %(line_no)s::int[],
    %(product_id)s::uuid[], %(product_code)s::text[], %(category_id)s::uuid[],
    %(quantity_milli)s::bigint[], %(total_minor)s::bigint[], %(tax_minor)s::bigint[],
    %(discount_minor)s::bigint[], %(serial)s::text[]
) AS row (
    id, customer_id, purchase_id, line_no, product_id, product_code, category_id, quantity_milli,
    total_minor, tax_minor, discount_minor, serial
)
