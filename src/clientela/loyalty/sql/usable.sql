-- A family's accounts of one currency, what can be used of them less what is owed, and what waits; for
-- cash only what may become cash.
SELECT
    coalesce(array_agg(account.id), '{}'),
    coalesce(sum(lots.usable), 0)::bigint - coalesce(sum(account.debt), 0)::bigint,
    coalesce(sum(account.pending), 0)::bigint
FROM loyalty_account AS account
CROSS JOIN LATERAL (
    SELECT coalesce(sum(lot.remaining - lot.held), 0) AS usable
    FROM loyalty_lot AS lot
    WHERE lot.customer_id = account.customer_id AND lot.account_id = account.id
        AND lot.remaining > 0 AND lot.active_at <= %(now)s
        AND (lot.expires_at IS NULL OR lot.expires_at > %(now)s)
        AND (lot.cashable OR NOT %(for_cash)s)
) AS lots
WHERE account.customer_id = ANY (%(family)s) AND account.currency_id = %(currency_id)s
    AND account.kind = 'own'
