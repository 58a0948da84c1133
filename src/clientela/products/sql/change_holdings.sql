-- New values for holdings as they stand in a source. Returns who holds what was changed.
UPDATE products_holding AS holding
SET
    product_id = row.product_id,
    number = row.number,
    status = row.status,
    opened_on = row.opened_on,
    closed_on = row.closed_on,
    matures_on = row.matures_on,
    fixed_until_on = row.fixed_until_on,
    balance_minor = row.balance_minor,
    balance_on = row.balance_on,
    limit_minor = row.limit_minor,
    rate = row.rate,
    currency = row.currency,
    term_months = row.term_months,
    renewal_of = row.renewal_of,
    version = holding.version + 1
FROM unnest(
    %(id)s::uuid[], %(customer_id)s::uuid[], %(product_id)s::uuid[], %(number)s::text[],
    %(status)s::text[], %(opened_on)s::date[], %(closed_on)s::date[], %(matures_on)s::date[],
    %(fixed_until_on)s::date[], %(balance_minor)s::bigint[], %(balance_on)s::date[],
    %(limit_minor)s::bigint[], %(rate)s::numeric[], %(currency)s::text[],
    %(term_months)s::int[], %(renewal_of)s::uuid[]
) AS row (
    id, customer_id, product_id, number, status, opened_on, closed_on, matures_on, fixed_until_on,
    balance_minor, balance_on, limit_minor, rate, currency, term_months, renewal_of
)
WHERE holding.id = row.id AND holding.customer_id = row.customer_id
RETURNING holding.id
