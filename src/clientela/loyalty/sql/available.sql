-- What a family can use now, by currency: what is over, waits or is held does not count, nor what is owed;
-- for cash only what may become cash.
SELECT
    account.currency_id,
    (coalesce(sum((
        SELECT sum(lot.remaining - lot.held)
        FROM loyalty_lot AS lot
        WHERE lot.customer_id = account.customer_id AND lot.account_id = account.id
            AND lot.remaining > 0 AND lot.active_at <= %(now)s
            AND (lot.expires_at IS NULL OR lot.expires_at > %(now)s)
            AND (lot.cashable OR NOT %(for_cash)s)
    )), 0) - sum(account.debt))::bigint
FROM loyalty_account AS account
WHERE account.customer_id = ANY (%(family)s)
GROUP BY account.currency_id
