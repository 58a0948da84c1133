-- The cover of a unit that still runs, for the one that takes over from it.
INSERT INTO warranty_cover (
    id, customer_id, holding_id, policy_id, clause_id, legal_rule_id, layer, priority,
    component_path, cost_type, included, percent_bp, starts_on, ends_on, as_sold_ends_on, burden_on
)
SELECT
    uuidv7(), customer_id, %(new)s::uuid, policy_id, clause_id, legal_rule_id, layer, priority,
    component_path, cost_type, included, percent_bp, starts_on, ends_on, as_sold_ends_on, burden_on
FROM warranty_cover
WHERE customer_id = %(customer)s::uuid
    AND holding_id = %(old)s::uuid
    AND cut = ''
    AND ends_on > %(on)s::date
