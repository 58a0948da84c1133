-- Customers' parts in holdings; a part that is there already changes nothing. Returns what was added.
INSERT INTO products_holder (id, customer_id, holding_id, main_customer_id, role)
SELECT id, customer_id, holding_id, main_customer_id, role
FROM unnest(
    %(id)s::uuid[], %(customer_id)s::uuid[], %(holding_id)s::uuid[], %(main_customer_id)s::uuid[],
    %(role)s::text[]
) AS row (id, customer_id, holding_id, main_customer_id, role)
ORDER BY customer_id, holding_id, role
ON CONFLICT DO NOTHING
RETURNING customer_id, holding_id
