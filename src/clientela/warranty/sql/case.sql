-- Everything that a check of these holdings needs, one row each: the unit, its policies with what is
-- used of their limits, and all cover of it. By serial or by holding.
WITH named AS (
    SELECT key.holding_id
    FROM products_holdingkey AS key
    WHERE key.kind = 'serial' AND key.value_norm = %(serial)s
    UNION
    SELECT holding_id FROM unnest(%(holdings)s::uuid[]) AS asked (holding_id)
)
SELECT
    holding.id, holding.customer_id, unit.id, product.id, product.name, product.kind_id, kind.icon,
    holding.serial, holding.status, unit.sold_on, unit.delivered_on, unit.in_service_on,
    unit.in_service_source, unit.country, unit.time_zone, unit.seller, unit.price_minor,
    unit.currency, unit.replaced_on, unit.replaces_holding_id, unit.lineage_id, unit.kind,
    holding.purchase_id,
    (
        SELECT coalesce(json_agg(json_build_object(
            'id', policy.id, 'customer_id', policy.customer_id, 'number', policy.number,
            'plan', plan.code, 'names', terms.names, 'texts', terms.texts, 'layer', plan.layer,
            'priority', plan.priority, 'payer', plan.payer, 'stack', policy.stack,
            'sequence', policy.sequence, 'source', policy.source, 'version', terms.version,
            'start_rule', policy.start_rule, 'waiting_days', terms.waiting_days,
            'term_months', policy.term_months, 'starts_on', policy.starts_on,
            'ends_on', policy.ends_on, 'money_from', policy.money_from,
            'money_until', policy.money_until, 'price_minor', policy.price_minor,
            'insured_minor', policy.insured_minor, 'currency', policy.currency,
            'sold_on', policy.sold_on, 'refund_method', terms.refund_method,
            'refund_fee_minor', terms.refund_fee_minor, 'free_look_days', terms.free_look_days,
            'cancelled_on', cancellation.effective_on,
            'limits', (
                SELECT coalesce(json_agg(json_build_object(
                    'id', money.id, 'kind', money.kind, 'per', money.per,
                    'amount_minor', money.amount_minor
                )), '[]')
                FROM warranty_moneylimit AS money
                WHERE money.terms_id = terms.id
            ),
            'used_minor', (
                SELECT coalesce(sum(entry.amount_minor), 0)
                FROM warranty_limitentry AS entry
                WHERE entry.customer_id = policy.customer_id AND entry.policy_id = policy.id
            )
        ) ORDER BY policy.id), '[]')
        FROM warranty_policy AS policy
        JOIN warranty_terms AS terms ON terms.id = policy.terms_id
        JOIN warranty_plan AS plan ON plan.id = terms.plan_id
        LEFT JOIN warranty_cancellation AS cancellation
            ON cancellation.customer_id = policy.customer_id AND cancellation.policy_id = policy.id
        WHERE policy.customer_id = holding.customer_id
            AND policy.id IN (
                SELECT cover.policy_id
                FROM warranty_cover AS cover
                WHERE cover.customer_id = holding.customer_id AND cover.holding_id = holding.id
            )
    )::text,
    (
        SELECT coalesce(json_agg(json_build_object(
            'id', cover.id, 'policy_id', cover.policy_id, 'layer', cover.layer,
            'priority', cover.priority, 'component_path', cover.component_path,
            'cost_type', cover.cost_type, 'included', cover.included,
            'percent_bp', cover.percent_bp, 'starts_on', cover.starts_on, 'ends_on', cover.ends_on,
            'as_sold_ends_on', cover.as_sold_ends_on, 'burden_on', cover.burden_on,
            'cut', cover.cut, 'country', rule.country, 'months', rule.months, 'basis', rule.basis,
            'notice_months', rule.notice_months, 'confirmed_by', rule.confirmed_by
        ) ORDER BY cover.id), '[]')
        FROM warranty_cover AS cover
        LEFT JOIN warranty_legalrule AS rule ON rule.id = cover.legal_rule_id
        WHERE cover.customer_id = holding.customer_id AND cover.holding_id = holding.id
    )::text
FROM products_holding AS holding
JOIN products_product AS product ON product.id = holding.product_id
JOIN products_kind AS kind ON kind.key = product.kind_id
LEFT JOIN warranty_unit AS unit
    ON unit.customer_id = holding.customer_id AND unit.holding_id = holding.id
WHERE holding.id IN (SELECT holding_id FROM named)
ORDER BY unit.replaced_on IS NOT NULL, holding.opened_on DESC NULLS LAST, holding.id
LIMIT 20
