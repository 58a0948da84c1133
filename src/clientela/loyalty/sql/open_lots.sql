-- Lots of these customers that can be used now and end one day, in order.
SELECT lot.id, lot.customer_id, lot.active_at, lot.expires_at, lot.life
FROM loyalty_account AS account
JOIN loyalty_lot AS lot ON lot.customer_id = account.customer_id AND lot.account_id = account.id
WHERE account.customer_id = ANY (%(customers)s) AND account.currency_id = %(currency_id)s
    AND lot.remaining > 0 AND lot.active_at <= %(now)s
    AND lot.expires_at > %(now)s
ORDER BY lot.customer_id, lot.id
