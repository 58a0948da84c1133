-- The plans that fit these products or are sold by them, with all versions of their terms: one row a
-- plan. `fits`: what they are for among these products; a category counts for what lies beneath it.
WITH RECURSIVE goods AS (
    SELECT id, kind_id, category_id FROM products_product WHERE id = ANY (%(products)s::uuid[])
),
above AS (
    SELECT goods.id AS product_id, category.id, category.parent_id
    FROM goods
    JOIN products_category AS category ON category.id = goods.category_id
    UNION ALL
    SELECT above.product_id, category.id, category.parent_id
    FROM above
    JOIN products_category AS category ON category.id = above.parent_id
),
fitting AS (
    SELECT assignment.plan_id, goods.id AS product_id, assignment.given, assignment.term_months
    FROM goods
    JOIN warranty_assignment AS assignment
        ON assignment.product_id = goods.id
        OR assignment.kind_id = goods.kind_id
        OR assignment.category_id IN (SELECT id FROM above WHERE above.product_id = goods.id)
)
SELECT
    plan.id, plan.code, plan.layer, plan.stack, plan.priority, plan.product_id, plan.markets,
    coalesce((
        SELECT json_agg(json_build_object(
            'product', fitting.product_id, 'given', fitting.given,
            'term_months', fitting.term_months
        ))
        FROM fitting
        WHERE fitting.plan_id = plan.id
    ), '[]')::text,
    (
        SELECT json_agg(json_build_object(
            'id', terms.id, 'version', terms.version, 'names', terms.names,
            'currency', terms.currency, 'sold_from', terms.sold_from,
            'sold_until', terms.sold_until, 'start_rule', terms.start_rule,
            'end_rule', terms.end_rule, 'waiting_days', terms.waiting_days,
            'window_days', terms.window_days,
            'clauses', (
                SELECT json_agg(json_build_object(
                    'id', clause.id, 'component_path', clause.component_path,
                    'cost_type', clause.cost_type, 'included', clause.included,
                    'percent_bp', clause.percent_bp, 'months', clause.months, 'days', clause.days
                ) ORDER BY clause.place)
                FROM warranty_clause AS clause
                WHERE clause.terms_id = terms.id
            ),
            'prices', (
                SELECT json_object_agg(price.term_months, price.amount_minor)
                FROM warranty_price AS price
                WHERE price.terms_id = terms.id
            )
        ))
        FROM warranty_terms AS terms
        WHERE terms.plan_id = plan.id
    )::text
FROM warranty_plan AS plan
WHERE plan.retired_at IS NULL
    AND (
        plan.id IN (SELECT plan_id FROM fitting)
        OR plan.product_id = ANY (%(products)s::uuid[])
        OR plan.code = %(code)s
    )
