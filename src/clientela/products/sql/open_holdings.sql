-- Open holdings with their main holder and names. A name that is taken keeps its holding out.
WITH incoming AS (
    SELECT *
    FROM unnest(
        %(id)s::uuid[], %(customer_id)s::uuid[], %(product_id)s::uuid[], %(number)s::text[],
        %(serial)s::text[], %(status)s::text[], %(opened_on)s::date[], %(closed_on)s::date[],
        %(matures_on)s::date[], %(fixed_until_on)s::date[], %(balance_minor)s::bigint[],
        %(balance_on)s::date[], %(limit_minor)s::bigint[], %(rate)s::numeric[],
        %(currency)s::text[], %(term_months)s::int[], %(renewal_of)s::uuid[], %(purchase_id)s::uuid[], %(holder_id)s::uuid[], %(role)s::text[],
        %(source)s::text[], %(reference)s::text[]
    ) AS row (
        id, customer_id, product_id, number, serial, status, opened_on, closed_on, matures_on,
        fixed_until_on, balance_minor, balance_on, limit_minor, rate, currency, term_months, renewal_of,
        purchase_id, holder_id, role, source, reference
    )
),
named AS (
    INSERT INTO products_holdingkey (kind, source, value_norm, customer_id, holding_id)
    SELECT 'reference', source, reference, customer_id, id
    FROM incoming
    WHERE reference <> ''
    ORDER BY source, reference
    ON CONFLICT DO NOTHING
    RETURNING holding_id
),
fresh AS (
    SELECT * FROM incoming WHERE reference = '' OR id IN (SELECT holding_id FROM named)
),
opened AS (
    INSERT INTO products_holding (
        id, customer_id, product_id, number, serial, status, opened_on, closed_on, matures_on,
        fixed_until_on, balance_minor, balance_on, limit_minor, rate, currency, term_months, renewal_of,
        purchase_id, is_demo
    )
    SELECT
        id, customer_id, product_id, number, serial, status, opened_on, closed_on, matures_on,
        fixed_until_on, balance_minor, balance_on, limit_minor, rate, currency, term_months, renewal_of,
        purchase_id, %(is_demo)s
    FROM fresh
    RETURNING id
),
held AS (
    INSERT INTO products_holder (id, customer_id, holding_id, main_customer_id, role)
    SELECT holder_id, customer_id, id, customer_id, role FROM fresh
)
SELECT id FROM opened
