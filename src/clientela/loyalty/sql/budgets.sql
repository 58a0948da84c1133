-- What promotions gave by their postings, less what returns took back, is what their budgets say.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('budget ' || id) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT budget.id, budget.used <> coalesce(given.used, 0) AS wrong
    FROM loyalty_budget AS budget
    JOIN loyalty_promotion AS promotion ON promotion.id = budget.promotion_id
    LEFT JOIN LATERAL (
        SELECT sum(loyalty_budget_use(
            loyalty_budget_unit(promotion.budget_unit, posting.steps, versions.ids), currency.worth,
            loyalty_left_of(posting.customer_id, posting.id, posting.steps, versions.ids, NULL)
        )) AS used
        FROM (
            SELECT array_agg(version.id) AS ids
            FROM loyalty_promotionrule AS part
            JOIN loyalty_ruleversion AS version ON version.rule_id = part.rule_id
            WHERE part.promotion_id = promotion.id
        ) AS versions
        JOIN loyalty_currency AS currency ON currency.id = promotion.currency_id
        JOIN loyalty_posting AS posting
            ON posting.currency_id = promotion.currency_id AND posting.kind = 'earn'
            AND posting.steps && versions.ids
        LEFT JOIN purchases_purchase AS purchase
            ON purchase.customer_id = posting.customer_id AND purchase.id = posting.purchase_id
        WHERE budget.value = CASE promotion.budget_per
            WHEN 'place' THEN coalesce(purchase.place, '')
            WHEN 'channel' THEN posting.channel
            ELSE ''
        END
    ) AS given ON true
) AS budget
