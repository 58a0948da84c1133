-- What these postings took back returns to the budgets of promotions.
UPDATE loyalty_budget AS budget
SET used = budget.used - freed.points
FROM (
    SELECT own.id, sum(
        loyalty_budget_use(own_unit.unit, currency.worth, loyalty_left_of(
            earned.customer_id, earned.id, earned.steps, versions.ids, back.id
        ))
        - loyalty_budget_use(own_unit.unit, currency.worth, loyalty_left_of(
            earned.customer_id, earned.id, earned.steps, versions.ids, back.id + 1
        ))
    )::bigint AS points
    FROM loyalty_posting AS back
    JOIN loyalty_posting AS earned
        ON earned.customer_id = back.customer_id AND earned.id = back.reverses_id
    JOIN loyalty_promotion AS promotion
        ON promotion.currency_id = earned.currency_id AND promotion.budget_unit <> ''
    JOIN loyalty_currency AS currency ON currency.id = promotion.currency_id
    CROSS JOIN LATERAL (
        SELECT array_agg(version.id) AS ids
        FROM loyalty_promotionrule AS part
        JOIN loyalty_ruleversion AS version ON version.rule_id = part.rule_id
        WHERE part.promotion_id = promotion.id
    ) AS versions
    CROSS JOIN LATERAL (
        SELECT loyalty_budget_unit(promotion.budget_unit, earned.steps, versions.ids) AS unit
    ) AS own_unit
    LEFT JOIN purchases_purchase AS purchase
        ON purchase.customer_id = earned.customer_id AND purchase.id = earned.purchase_id
    JOIN loyalty_budget AS own
        ON own.promotion_id = promotion.id AND own.value = CASE promotion.budget_per
            WHEN 'place' THEN coalesce(purchase.place, '')
            WHEN 'channel' THEN earned.channel
            ELSE ''
        END
    WHERE back.id = ANY (%(postings)s::bigint[]) AND back.customer_id = ANY (%(customers)s::uuid[])
        AND back.kind = 'reverse' AND earned.steps && versions.ids
    GROUP BY own.id
    ORDER BY own.id
) AS freed
WHERE budget.id = freed.id AND freed.points <> 0
