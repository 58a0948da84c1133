-- Points on these accounts, which are locked, that waited for a day that has come can be used from that
-- day on, whenever this is run; what is owed is paid from them first.
CREATE OR REPLACE FUNCTION loyalty_activate(accounts bigint[], now timestamptz)
RETURNS TABLE (customer uuid, currency text, happened timestamptz, points bigint, lots bigint)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM loyalty_account AS account
        WHERE account.id = ANY (accounts) AND account.pending > 0
    ) THEN
        RETURN;
    END IF;
    RETURN QUERY
        WITH begun AS (
            UPDATE loyalty_lot AS lot SET activated_at = lot.active_at
            FROM loyalty_account AS account
            WHERE account.id = ANY (accounts) AND account.pending > 0
                AND lot.customer_id = account.customer_id AND lot.account_id = account.id
                AND lot.activated_at IS NULL AND lot.remaining > 0 AND lot.active_at <= now
            RETURNING
                lot.customer_id, lot.account_id, account.currency_id, lot.active_at, lot.remaining
        ),
        moved AS (
            UPDATE loyalty_account AS account
            SET pending = account.pending - sums.amount, version = account.version + 1
            FROM (
                SELECT begun.customer_id, begun.account_id, sum(begun.remaining)::bigint AS amount
                FROM begun
                GROUP BY begun.customer_id, begun.account_id
            ) AS sums
            WHERE account.id = sums.account_id AND account.customer_id = sums.customer_id
        )
        SELECT
            begun.customer_id, listed.code::text, begun.active_at, sum(begun.remaining)::bigint, count(*)
        FROM begun
        JOIN loyalty_currency AS listed ON listed.id = begun.currency_id
        GROUP BY begun.customer_id, listed.code, begun.active_at
        ORDER BY begun.active_at, begun.customer_id;
    PERFORM loyalty_pay_debts(accounts, now);
END
$$
