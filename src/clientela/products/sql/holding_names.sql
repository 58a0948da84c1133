-- Holdings by the names sources gave them: place, the customer that name belongs to, and the holding's
-- values as they stand.
SELECT
    name.place, key.customer_id, holding.id, holding.customer_id, holding.product_id, holding.number, holding.status,
    holding.opened_on, holding.closed_on, holding.matures_on, holding.fixed_until_on,
    holding.balance_minor, holding.balance_on, holding.limit_minor, holding.rate, holding.currency,
    holding.term_months, holding.renewal_of
FROM unnest(%(kind)s::text[], %(source)s::text[], %(value_norm)s::text[])
    WITH ORDINALITY AS name (kind, source, value_norm, place)
JOIN products_holdingkey AS key
    ON key.kind = name.kind AND key.source = name.source AND key.value_norm = name.value_norm
JOIN products_holding AS holding
    ON holding.id = key.holding_id
