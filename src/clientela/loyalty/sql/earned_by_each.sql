-- What purchases earned, per currency, and what returns have taken of it so far (what was forgiven
-- counts as taken: it is gone for the company, not for the arithmetic), with the steps of the last of
-- them and the money that still counts; by the place of the purchase.
SELECT
    bought.place, earned.id, earned.customer_id, account.id, currency.id, currency.code, currency.rounding,
    currency.negative_policy, earned.steps, earned.looked_at, entry.amount,
    coalesce((
        SELECT sum(back.amount)
        FROM loyalty_entry AS back
        JOIN loyalty_posting AS reversal
            ON reversal.id = back.posting_id AND reversal.customer_id = back.customer_id
        WHERE reversal.customer_id = earned.customer_id AND reversal.reverses_id = earned.id
            AND reversal.purchase_id = earned.purchase_id
    ), 0)::bigint + coalesce((
        SELECT sum(reversal.forgiven)
        FROM loyalty_posting AS reversal
        WHERE reversal.customer_id = earned.customer_id AND reversal.reverses_id = earned.id
            AND reversal.purchase_id = earned.purchase_id
    ), 0)::bigint AS taken_before,
    (
        SELECT last.steps
        FROM loyalty_posting AS last
        WHERE last.customer_id = earned.customer_id AND last.reverses_id = earned.id
            AND last.kind = 'reverse' AND last.purchase_id = earned.purchase_id
        ORDER BY last.id DESC
        LIMIT 1
    ) AS last_steps,
    coalesce(earned.money_minor, 0) - coalesce((
        SELECT sum(reversal.money_minor)
        FROM loyalty_posting AS reversal
        WHERE reversal.customer_id = earned.customer_id AND reversal.reverses_id = earned.id
            AND reversal.purchase_id = earned.purchase_id
    ), 0)::bigint AS money_left
FROM unnest(%(customer_id)s::uuid[], %(purchase_id)s::uuid[])
    WITH ORDINALITY AS bought (customer_id, purchase_id, place)
JOIN loyalty_posting AS earned
    ON earned.customer_id = bought.customer_id
    AND earned.purchase_id = bought.purchase_id
    AND earned.kind = 'earn'
JOIN loyalty_currency AS currency ON currency.id = earned.currency_id
JOIN loyalty_account AS account
    ON account.customer_id = earned.customer_id AND account.currency_id = earned.currency_id
    AND account.kind = 'own'
JOIN loyalty_entry AS entry
    ON entry.customer_id = earned.customer_id AND entry.posting_id = earned.id
ORDER BY bought.place, currency.id
