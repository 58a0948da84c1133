-- The published rule versions of every open currency, higher priority first. A version holds until its
-- own end or the start of the next.
SELECT
    jsonb_build_object(
        'id', currency.id, 'code', currency.code, 'rounding', currency.rounding,
        'debt_max', currency.debt_max, 'life', currency.life, 'time_zone', programme.time_zone,
        'stack', currency.stack, 'basis', currency.basis, 'waits', currency.waits,
        'home', currency.home_money,
        'terms_id', (
            SELECT max(terms.id) FROM loyalty_currencyterms AS terms
            WHERE terms.currency_id = currency.id HAVING count(*) > 1
        ),
        'lives_on', currency.activity_extends <> '', 'longest', currency.life_max,
        'has_factors', EXISTS (
            SELECT FROM loyalty_tierset AS ladder
            JOIN loyalty_tier AS step ON step.tier_set_id = ladder.key
            WHERE ladder.currency_id = currency.id AND step.factor_rule_id IS NOT NULL
        ),
        'has_referrals', programme.referral ? 'on',
        'has_limits', EXISTS (
            SELECT FROM loyalty_cap AS cap WHERE cap.currency_id = currency.id AND cap.ended_at IS NULL
        ) OR EXISTS (SELECT FROM loyalty_earningpause AS pause WHERE pause.ended_at IS NULL)
        OR EXISTS (
            SELECT FROM loyalty_promotion AS promotion
            WHERE promotion.currency_id = currency.id AND promotion.budget_unit <> ''
                AND promotion.ended_at IS NULL
        ),
        'has_tier_lives', EXISTS (
            SELECT FROM loyalty_tierset AS ladder
            JOIN loyalty_tier AS step ON step.tier_set_id = ladder.key
            WHERE ladder.currency_id = currency.id AND step.life <> '{}'
        )
    )::text,
    CASE WHEN version.id IS NOT NULL THEN jsonb_build_object(
        'id', rule.id, 'priority', rule.priority, 'version', version.id, 'body', version.body, 'starts_at', version.starts_at,
        'ends_at', least(
            version.ends_at, rule.ended_at,
            lead(version.starts_at) OVER (PARTITION BY rule.id ORDER BY version.number)
        )
    )::text END
FROM loyalty_currency AS currency
JOIN loyalty_programme AS programme ON programme.code = currency.programme_id
LEFT JOIN loyalty_rule AS rule ON rule.currency_id = currency.id
LEFT JOIN loyalty_ruleversion AS version ON version.rule_id = rule.id
WHERE programme.closed_at IS NULL
ORDER BY currency.id, rule.priority DESC, rule.id, version.number
