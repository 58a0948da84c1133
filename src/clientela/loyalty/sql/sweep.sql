-- Expire a slice: all that is over on the accounts of the lots that ended first. What is left to do is
-- what is still due, so a sweep that was broken off goes on by itself.
CREATE OR REPLACE FUNCTION loyalty_sweep(now timestamptz, who text, lots_max integer)
RETURNS TABLE (customer uuid, currency text, happened timestamptz, points bigint, lots bigint)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    accounts bigint[];
BEGIN
    accounts := ARRAY(
        SELECT DISTINCT due.account_id
        FROM (
            SELECT lot.account_id
            FROM loyalty_lot AS lot
            WHERE lot.remaining > 0 AND lot.expires_at IS NOT NULL AND lot.expires_at <= now
                AND lot.remaining > lot.held
            ORDER BY lot.expires_at
            LIMIT lots_max
        ) AS due
    );
    PERFORM account.id FROM loyalty_account AS account
    WHERE account.id = ANY (accounts)
    ORDER BY account.customer_id, account.id
    FOR NO KEY UPDATE;
    RETURN QUERY SELECT * FROM loyalty_expire(accounts, now, who);
END
$$
