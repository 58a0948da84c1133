-- Take customers' parts in holdings away; the main holder's part stays with the holding.
DELETE FROM products_holder AS holder
USING unnest(%(customer_id)s::uuid[], %(holding_id)s::uuid[]) AS row (customer_id, holding_id)
WHERE holder.customer_id = row.customer_id
    AND holder.holding_id = row.holding_id
    AND holder.main_customer_id <> holder.customer_id
