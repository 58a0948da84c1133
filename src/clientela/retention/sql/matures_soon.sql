-- Holdings whose fixed rate or term ends within the days ahead, soonest first, with their holders'
-- names; those of merged customers count as their survivor's.
SELECT
    holding.id, coalesce(customer.merged_into, customer.id) AS customer_id,
    customer.display_name, product.name, kind.icon,
    least(holding.fixed_until_on, holding.matures_on) AS ends_on,
    holding.fixed_until_on IS NOT NULL
        AND (holding.matures_on IS NULL OR holding.fixed_until_on <= holding.matures_on) AS is_rate
FROM products_holding AS holding
JOIN customers_customer AS customer ON customer.id = holding.customer_id
JOIN products_product AS product ON product.id = holding.product_id
JOIN products_kind AS kind ON kind.key = product.kind_id
WHERE holding.status IN ('active', 'dormant', 'overpaid')
    AND holding.closed_on IS NULL
    AND (holding.fixed_until_on IS NOT NULL OR holding.matures_on IS NOT NULL)
    AND least(holding.fixed_until_on, holding.matures_on) >= %(today)s::date
    AND least(holding.fixed_until_on, holding.matures_on) <= %(until)s::date
    AND NOT privacy_forbids(
        ARRAY[holding.customer_id, coalesce(customer.merged_into, customer.id)],
        ARRAY['frozen', 'kept_by_law', 'marketing']
    )
    AND (
        %(branches)s::text[] IS NULL AND %(restricted)s
        OR customers_is_seen(holding.customer_id, %(branches)s::text[], %(viewer)s::uuid, %(restricted)s)
    )
ORDER BY ends_on, holding.id
LIMIT %(limit)s
