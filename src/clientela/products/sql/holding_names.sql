-- Holdings by the names sources gave them: place, holding, main holder, status, and what may change.
SELECT
    name.place, holding.id, holding.customer_id, holding.product_id, holding.number, holding.status,
    holding.opened_on, holding.closed_on, holding.balance_minor, holding.currency, holding.version
FROM unnest(%(kind)s::text[], %(source)s::text[], %(value_norm)s::text[])
    WITH ORDINALITY AS name (kind, source, value_norm, place)
JOIN products_holdingkey AS key
    ON key.kind = name.kind AND key.source = name.source AND key.value_norm = name.value_norm
JOIN products_holding AS holding
    ON holding.id = key.holding_id AND holding.customer_id = key.customer_id
