-- An account's figures are its ledger: posted = credits less debits = unspent lots less debt.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('account ' || id) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        account.id,
        account.posted <> coalesce(ledger.points, 0)
            OR account.posted <> coalesce(lots.remaining, 0) - account.debt
            OR account.pending <> coalesce(lots.waiting, 0)
            OR account.held <> coalesce(lots.held, 0) AS wrong
    FROM loyalty_account AS account
    LEFT JOIN (
        SELECT
            customer_id, account_id,
            sum(CASE WHEN credit_id = account_id THEN amount ELSE -amount END) AS points
        FROM loyalty_entry
        GROUP BY customer_id, account_id
    ) AS ledger ON ledger.customer_id = account.customer_id AND ledger.account_id = account.id
    LEFT JOIN (
        SELECT
            customer_id, account_id, sum(remaining) AS remaining, sum(held) AS held,
            sum(remaining) FILTER (WHERE activated_at IS NULL) AS waiting
        FROM loyalty_lot
        GROUP BY customer_id, account_id
    ) AS lots ON lots.customer_id = account.customer_id AND lots.account_id = account.id
) AS account
