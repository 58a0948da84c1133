-- Cover is what its clause or its law gives from its start; cut early it never ends later than sold.
WITH judged AS (
    SELECT
        cover.id,
        cover.ends_on > cover.as_sold_ends_on
            OR cover.cut = '' AND cover.ends_on <> cover.as_sold_ends_on
            OR rule.id IS NOT NULL AND (
                cover.as_sold_ends_on
                    <> (cover.starts_on + make_interval(months => rule.months))::date + 1
                OR cover.burden_on <> (
                    cover.starts_on
                    + make_interval(months => least(rule.burden_months, rule.months))
                )::date + 1
            )
            OR clause.id IS NOT NULL AND (
                cover.component_path <> clause.component_path
                OR cover.cost_type <> clause.cost_type
                OR cover.included <> clause.included
                OR cover.percent_bp <> clause.percent_bp
                OR cover.starts_on <> policy.starts_on
                OR clause.included AND cover.as_sold_ends_on > policy.ends_on
                OR policy.start_rule <> 'after_base' AND policy.source <> 'replacement' AND coalesce(
                    cover.as_sold_ends_on <> CASE
                        WHEN coalesce(clause.days, clause.months, policy.term_months) IS NULL
                            THEN policy.ends_on  -- without a length of its own: as long as the policy
                        ELSE greatest(
                            CASE WHEN clause.days IS NOT NULL THEN cover.starts_on + clause.days
                            ELSE (cover.starts_on + make_interval(
                                months => coalesce(clause.months, policy.term_months)))::date
                            END + CASE terms.end_rule WHEN 'day_before' THEN 0 ELSE 1 END,
                            cover.starts_on + 1
                        )
                    END, false)
            ) AS is_wrong
    FROM warranty_cover AS cover
    LEFT JOIN warranty_legalrule AS rule ON rule.id = cover.legal_rule_id
    LEFT JOIN warranty_clause AS clause ON clause.id = cover.clause_id
    LEFT JOIN warranty_terms AS terms ON terms.id = clause.terms_id
    LEFT JOIN warranty_policy AS policy
        ON policy.id = cover.policy_id AND policy.customer_id = cover.customer_id
)
SELECT
    count(*),
    count(*) FILTER (WHERE is_wrong),
    (array_agg('cov_' || replace(id::text, '-', '')) FILTER (WHERE is_wrong))[1:10]
FROM judged
