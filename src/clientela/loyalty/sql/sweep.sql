-- A slice of what time does: all that begins or is over on the accounts of the lots that were due first.
-- What is left to do is what is still due, so a sweep that was broken off goes on by itself.
DROP FUNCTION IF EXISTS loyalty_sweep(timestamptz, text, integer);
CREATE OR REPLACE FUNCTION loyalty_turn_due(which text, now timestamptz, who text, lots_max integer)
RETURNS TABLE (
    turn text, customer uuid, currency text, happened timestamptz, points bigint, lots bigint
)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    accounts bigint[];
BEGIN
    IF which = 'activate' THEN
        accounts := ARRAY(
            SELECT DISTINCT due.account_id
            FROM (
                SELECT lot.account_id
                FROM loyalty_lot AS lot
                WHERE lot.remaining > 0 AND lot.activated_at IS NULL AND lot.active_at <= now
                ORDER BY lot.active_at
                LIMIT lots_max
            ) AS due
        );
    ELSE
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
    END IF;
    IF accounts = '{}' THEN
        RETURN;
    END IF;
    PERFORM account.id FROM loyalty_account AS account
    WHERE account.id = ANY (accounts)
    ORDER BY account.customer_id, account.id
    FOR NO KEY UPDATE;
    IF which = 'activate' THEN
        RETURN QUERY SELECT 'activated', begun.* FROM loyalty_activate(accounts, now) AS begun;
    ELSE
        RETURN QUERY SELECT * FROM loyalty_turn(accounts, now, who);
    END IF;
END
$$
