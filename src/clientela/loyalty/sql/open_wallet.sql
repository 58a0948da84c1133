-- A customer's wallet in a currency, where there is none yet.
INSERT INTO loyalty_purse (
    id, customer_id, kind, money_code, balance_minor, opened_by, opened_at
)
VALUES (%(id)s, %(customer_id)s, 'wallet', %(money_code)s, 0, %(actor)s, %(now)s)
ON CONFLICT (customer_id, money_code) WHERE kind = 'wallet' DO NOTHING
RETURNING id
