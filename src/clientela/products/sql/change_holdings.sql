-- New values for holdings as they stand in a source. Returns who holds what was changed.
UPDATE products_holding AS holding
SET
    product_id = row.product_id,
    number = row.number,
    status = row.status,
    opened_on = row.opened_on,
    closed_on = row.closed_on,
    balance_minor = row.balance_minor,
    balance_on = CASE WHEN row.balance_minor IS NOT NULL THEN %(today)s::date END,
    currency = row.currency,
    version = holding.version + 1
FROM unnest(
    %(id)s::uuid[], %(customer_id)s::uuid[], %(product_id)s::uuid[], %(number)s::text[],
    %(status)s::text[], %(opened_on)s::date[], %(closed_on)s::date[], %(balance_minor)s::bigint[],
    %(currency)s::text[]
) AS row (
    id, customer_id, product_id, number, status, opened_on, closed_on, balance_minor, currency
)
WHERE holding.id = row.id AND holding.customer_id = row.customer_id
RETURNING holding.id
