-- The published rule versions of every open currency, higher priority first. A version holds until its
-- own end or the start of the next.
SELECT
    currency.id, currency.code, currency.rounding, currency.debt_max, version.id, version.body,
    version.starts_at,
    least(version.ends_at, lead(version.starts_at) OVER (PARTITION BY rule.id ORDER BY version.number))
FROM loyalty_currency AS currency
JOIN loyalty_programme AS programme ON programme.code = currency.programme_id
LEFT JOIN loyalty_rule AS rule ON rule.currency_id = currency.id
LEFT JOIN loyalty_ruleversion AS version ON version.rule_id = rule.id
WHERE programme.closed_at IS NULL
ORDER BY currency.id, rule.priority DESC, rule.id, version.number
