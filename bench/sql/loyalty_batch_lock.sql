SELECT count(*)
FROM (
    SELECT account.id
    FROM loyalty_account AS account
    WHERE account.customer_id IN (SELECT customer_id FROM staged) AND account.kind = 'own'
    ORDER BY account.customer_id, account.id
    FOR NO KEY UPDATE
) AS locked
