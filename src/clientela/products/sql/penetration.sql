-- How many customers hold something of each kind now; who holds it with somebody counts too.
SELECT kind.key, kind.labels::text, count(DISTINCT holder.customer_id)
FROM products_holding AS holding
JOIN products_holder AS holder
    ON holder.holding_id = holding.id AND holder.main_customer_id = holding.customer_id
JOIN products_product AS product ON product.id = holding.product_id
JOIN products_kind AS kind ON kind.key = product.kind_id
WHERE holding.status = ANY (%(held)s::text[])
    AND (holding.closed_on IS NULL OR holding.closed_on > %(today)s::date)
    AND holder.role = ANY (%(roles)s::text[])
GROUP BY 1, 2
ORDER BY 3 DESC, 1
LIMIT %(limit)s
