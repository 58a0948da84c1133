-- What was said of new purchases besides their lines.
INSERT INTO purchases_detail (id, customer_id, purchase_id, delivery_minor, marks)
SELECT *
FROM unnest(
    %(id)s::uuid[], %(customer_id)s::uuid[], %(purchase_id)s::uuid[], %(delivery_minor)s::bigint[],
    %(marks)s::jsonb[]
) AS row (id, customer_id, purchase_id, delivery_minor, marks)
