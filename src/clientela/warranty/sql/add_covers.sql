-- Cover as it was computed of clauses and laws.
INSERT INTO warranty_cover (
    id, customer_id, holding_id, policy_id, clause_id, legal_rule_id, layer, priority,
    component_path, cost_type, included, percent_bp, starts_on, ends_on, as_sold_ends_on, burden_on
)
SELECT
    id, customer_id, holding_id, policy_id, clause_id, legal_rule_id, layer, priority,
    component_path, cost_type, included, percent_bp, starts_on, ends_on, ends_on, burden_on
FROM unnest(
    %(id)s::uuid[], %(customer_id)s::uuid[], %(holding_id)s::uuid[], %(policy_id)s::uuid[],
    %(clause_id)s::uuid[], %(legal_rule_id)s::uuid[], %(layer)s::text[], %(priority)s::int[],
    %(component_path)s::text[], %(cost_type)s::text[], %(included)s::boolean[],
    %(percent_bp)s::int[], %(starts_on)s::date[], %(ends_on)s::date[], %(burden_on)s::date[]
) AS row (
    id, customer_id, holding_id, policy_id, clause_id, legal_rule_id, layer, priority,
    component_path, cost_type, included, percent_bp, starts_on, ends_on, burden_on
)
ON CONFLICT DO NOTHING
