-- What is owed on these accounts, which are locked, is paid from what can be used there now, in the
-- order of use: an allocation of the posting that gave the lot. Debt itself never ends.
CREATE OR REPLACE FUNCTION loyalty_pay_debts(accounts bigint[], now timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    WITH free AS MATERIALIZED (
        SELECT
            lot.id, lot.customer_id, lot.account_id, lot.posting_id, account.debt,
            lot.remaining - lot.held AS amount,
            (sum(lot.remaining - lot.held) OVER (
                PARTITION BY lot.account_id ORDER BY lot.expires_at NULLS LAST, lot.active_at, lot.id
            ))::bigint AS running
        FROM loyalty_account AS account
        JOIN loyalty_lot AS lot
            ON lot.customer_id = account.customer_id AND lot.account_id = account.id
        WHERE account.id = ANY (accounts) AND account.debt > 0
            AND lot.remaining > 0 AND lot.remaining > lot.held
            AND lot.activated_at IS NOT NULL AND lot.active_at <= now
            AND (lot.expires_at IS NULL OR lot.expires_at > now)
    ),
    part AS MATERIALIZED (
        SELECT free.*, least(free.amount, free.debt - (free.running - free.amount)) AS paid
        FROM free
        WHERE free.running - free.amount < free.debt
    ),
    allocated AS (
        INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount, paid_at)
        SELECT part.customer_id, part.posting_id, part.id, part.paid, now FROM part
    ),
    used AS (
        UPDATE loyalty_lot AS lot SET remaining = lot.remaining - part.paid
        FROM part
        WHERE lot.id = part.id AND lot.customer_id = part.customer_id
    )
    UPDATE loyalty_account AS account
    SET debt = account.debt - sums.paid, version = account.version + 1
    FROM (
        SELECT part.customer_id, part.account_id, sum(part.paid)::bigint AS paid
        FROM part
        GROUP BY part.customer_id, part.account_id
    ) AS sums
    WHERE account.id = sums.account_id AND account.customer_id = sums.customer_id;
END
$$
