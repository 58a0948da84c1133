-- What a purchase earned, per currency, and what returns have taken of it so far (what was forgiven
-- counts as taken: it is gone for the company, not for the arithmetic).
SELECT
    earned.id, earned.customer_id, account.id, currency.id, currency.code, currency.rounding,
    currency.negative_policy, earned.steps, entry.amount,
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
    ), 0)::bigint AS taken_before
FROM loyalty_posting AS earned
JOIN loyalty_currency AS currency ON currency.id = earned.currency_id
JOIN loyalty_account AS account
    ON account.customer_id = earned.customer_id AND account.currency_id = earned.currency_id
    AND account.kind = 'own'
JOIN loyalty_entry AS entry
    ON entry.customer_id = earned.customer_id AND entry.posting_id = earned.id
WHERE earned.customer_id = %(customer_id)s
    AND earned.purchase_id = %(purchase_id)s
    AND earned.kind = 'earn'
ORDER BY currency.id
