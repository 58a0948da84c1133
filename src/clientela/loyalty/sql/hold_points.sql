-- Set points of a family aside for an order elsewhere, on accounts it locks: what can be used, in the order
-- of use; what they lack comes from `others`, who share points with them: `others_max` at most, null for no
-- limit. `outcome` is done or not-enough-points; then nothing was written.
CREATE OR REPLACE FUNCTION loyalty_hold_points(
    family uuid[], wanted_currency bigint, wanted bigint, hold uuid, now timestamptz, who text,
    others uuid[], others_max bigint,
    OUT outcome text, OUT available bigint, OUT next_expiry timestamptz
) LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    accounts bigint[];
    of_others bigint;
BEGIN
    accounts := ARRAY(
        SELECT account.id FROM loyalty_account AS account
        WHERE account.customer_id = ANY (family || others) AND account.currency_id = wanted_currency
        ORDER BY account.customer_id, account.id
        FOR NO KEY UPDATE
    );
    SELECT usable.own, usable.of_others, usable.next_expiry INTO available, of_others, next_expiry
    FROM loyalty_usable_lots(family, accounts, now, false) AS usable;
    available := available + greatest(0, least(of_others, others_max));
    IF wanted > available THEN
        outcome := 'not-enough-points';
        RETURN;
    END IF;
    PERFORM loyalty_place_hold(family, accounts, wanted_currency, wanted, hold, 'order', now, who);
    available := available - wanted;
    outcome := 'done';
END
$$
