-- Take points from a customer by hand: what can be used, in the order of use. Their accounts are locked
-- and settled. Nothing is taken where there are fewer: then `missing` says how many.
CREATE OR REPLACE FUNCTION loyalty_take_points(
    customer uuid, wanted_currency bigint, wanted bigint, why text, which text, content bytea,
    now timestamptz, who text, OUT posting bigint, OUT missing bigint
) LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    own bigint;
    owed bigint;
    free bigint;
BEGIN
    SELECT account.id, account.debt INTO own, owed FROM loyalty_account AS account
    WHERE account.customer_id = customer AND account.currency_id = wanted_currency
        AND account.kind = 'own'
    FOR NO KEY UPDATE;
    SELECT coalesce(sum(lot.amount), 0) INTO free
    FROM loyalty_free_lots(ARRAY[customer], ARRAY[own], now, false) AS lot;
    missing := greatest(wanted - free + coalesce(owed, 0), 0);
    IF missing > 0 THEN
        RETURN;
    END IF;
    INSERT INTO loyalty_posting (
        customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor, steps
    ) VALUES (customer, wanted_currency, 'adjust', why, which, content, now, now, who, '{}')
    RETURNING id INTO posting;
    INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
    VALUES (customer, posting, own, -4, wanted, now);
    WITH part AS (
        SELECT lot.lot, least(lot.amount, wanted - (lot.running - lot.amount)) AS taken
        FROM loyalty_free_lots(ARRAY[customer], ARRAY[own], now, false) AS lot
        WHERE lot.running - lot.amount < wanted
    ),
    allocated AS (
        INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount)
        SELECT customer, posting, part.lot, part.taken FROM part
    )
    UPDATE loyalty_lot AS lot SET remaining = lot.remaining - part.taken
    FROM part
    WHERE lot.id = part.lot AND lot.customer_id = customer;
    UPDATE loyalty_account AS account
    SET posted = account.posted - wanted, version = account.version + 1
    WHERE account.id = own AND account.customer_id = customer;
END
$$
