-- Before anything is taken from a customer: lock all accounts of the family in order, make usable what
-- has waited long enough, and take what is over. Nothing can be spent that the sweep has not come to
-- yet. `turn` is activated or expired.
DROP FUNCTION IF EXISTS loyalty_settle(uuid[], timestamptz, text);
CREATE OR REPLACE FUNCTION loyalty_turn_family(family uuid[], now timestamptz, who text)
RETURNS TABLE (
    turn text, customer uuid, currency text, happened timestamptz, points bigint, lots bigint
)
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    accounts bigint[];
BEGIN
    accounts := ARRAY(
        SELECT account.id FROM loyalty_account AS account
        WHERE account.customer_id = ANY (family)
        ORDER BY account.customer_id, account.id
        FOR NO KEY UPDATE
    );
    IF EXISTS (
        SELECT FROM loyalty_lot AS lot
        WHERE lot.customer_id = ANY (family) AND lot.account_id = ANY (accounts) AND lot.remaining > 0
            AND (lot.expires_at <= now OR lot.activated_at IS NULL AND lot.active_at <= now)
    ) THEN
        RETURN QUERY SELECT * FROM loyalty_turn(accounts, now, who);
    END IF;
END
$$;

-- What time does to these accounts, which are locked: first what begins, then what ends.
CREATE OR REPLACE FUNCTION loyalty_turn(accounts bigint[], now timestamptz, who text)
RETURNS TABLE (
    turn text, customer uuid, currency text, happened timestamptz, points bigint, lots bigint
)
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = auto AS $$
BEGIN
    RETURN QUERY SELECT 'activated', begun.* FROM loyalty_activate(accounts, now) AS begun;
    RETURN QUERY SELECT 'expired', over.* FROM loyalty_expire(accounts, now, who) AS over;
END
$$
