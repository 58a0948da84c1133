-- What a household holds and spent in twelve months, by those whose main household it is. A holding of
-- several counts once, and for the main household of its main holder where that is another one.
WITH own AS (
    SELECT DISTINCT coalesce(customer.merged_into, customer.id) AS survivor
    FROM customers_membership AS member
    JOIN customers_customer AS customer ON customer.id = member.customer_id
    WHERE member.household_id = %(household)s::uuid AND member.is_main AND member.ends_on IS NULL
),
family AS (
    SELECT customer.id, own.survivor
    FROM own
    JOIN customers_customer AS customer
        ON customer.id = own.survivor OR customer.merged_into = own.survivor
),
main AS (
    SELECT DISTINCT ON (family.survivor) family.survivor, member.household_id
    FROM family
    JOIN customers_membership AS member ON member.customer_id = family.id
    WHERE member.is_main AND member.ends_on IS NULL
    ORDER BY family.survivor, member.customer_id <> family.survivor, member.id
),
counted AS (
    SELECT family.id
    FROM family
    JOIN main ON main.survivor = family.survivor
    WHERE main.household_id = %(household)s::uuid
),
held AS (
    SELECT DISTINCT holding.id, product.kind_id, holding.balance_minor, holding.currency
    FROM products_holder AS holder
    JOIN products_holding AS holding
        ON holding.id = holder.holding_id AND holding.customer_id = holder.main_customer_id
    JOIN products_product AS product ON product.id = holding.product_id
    WHERE holder.customer_id IN (SELECT id FROM counted)
        AND holder.role = ANY (%(roles)s::text[])
        AND holding.status = ANY (%(held)s::text[])
        AND (holding.opened_on IS NULL OR holding.opened_on <= %(today)s::date)
        AND (holding.closed_on IS NULL OR holding.closed_on > %(today)s::date)
        AND NOT EXISTS (
            SELECT
            FROM customers_membership AS elsewhere
            WHERE elsewhere.customer_id = holding.customer_id
                AND elsewhere.is_main
                AND elsewhere.ends_on IS NULL
                AND elsewhere.household_id <> %(household)s::uuid
        )
),
spent AS (
    SELECT purchase.currency, sum(purchase.total_minor - purchase.returned_minor)::bigint AS minor
    FROM purchases_purchase AS purchase
    WHERE purchase.customer_id IN (SELECT id FROM counted)
        AND purchase.purchased_at >= %(now)s::timestamptz - interval '1 year'
    GROUP BY purchase.currency
)
SELECT
    (SELECT count(DISTINCT survivor) FROM main WHERE household_id = %(household)s::uuid),
    coalesce((
        SELECT json_agg(json_build_object(
            'kind', kind.key, 'labels', kind.labels, 'icon', kind.icon, 'count', sums.count,
            'currency', sums.currency, 'minor', sums.minor
        ) ORDER BY kind.key, sums.currency)
        FROM (
            SELECT kind_id, currency, count(*) AS count, sum(balance_minor)::bigint AS minor
            FROM held
            GROUP BY kind_id, currency
        ) AS sums
        JOIN products_kind AS kind ON kind.key = sums.kind_id
    ), '[]')::text,
    coalesce((
        SELECT json_agg(json_build_object('minor', minor, 'currency', currency) ORDER BY minor DESC)
        FROM spent
    ), '[]')::text
