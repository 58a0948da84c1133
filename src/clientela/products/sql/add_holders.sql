-- Customers' parts in holdings; a part that is there already changes nothing, nor does one that a record
-- of the same customer has: it was merged with this one. Returns what was added.
INSERT INTO products_holder (id, customer_id, holding_id, main_customer_id, role)
SELECT row.id, row.customer_id, row.holding_id, row.main_customer_id, row.role
FROM unnest(
    %(id)s::uuid[], %(customer_id)s::uuid[], %(holding_id)s::uuid[], %(main_customer_id)s::uuid[],
    %(role)s::text[]
) AS row (id, customer_id, holding_id, main_customer_id, role)
WHERE NOT EXISTS (
    SELECT FROM products_holder AS known
    JOIN customers_customer AS holder ON holder.id = known.customer_id
    JOIN customers_customer AS own ON own.id = row.customer_id
    WHERE known.holding_id = row.holding_id AND known.role = row.role AND holder.id <> own.id
        AND coalesce(holder.merged_into, holder.id) = coalesce(own.merged_into, own.id)
)
ORDER BY row.customer_id, row.holding_id, row.role
ON CONFLICT DO NOTHING
RETURNING customer_id, holding_id
