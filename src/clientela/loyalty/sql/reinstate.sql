-- Let the points of a lot that expired be used again until `ends_at`: what each expiry took, unless it
-- was given back before, on an account that is locked. What is owed is paid first. No row was written
-- where `posting` is null.
CREATE OR REPLACE FUNCTION loyalty_reinstate(
    customer uuid, lot uuid, ends_at timestamptz, why text, now timestamptz, who text,
    OUT posting bigint, OUT points bigint
) LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    found loyalty_lot%ROWTYPE;
    of_currency bigint;
BEGIN
    SELECT * INTO STRICT found FROM loyalty_lot AS l WHERE l.id = lot AND l.customer_id = customer;
    SELECT account.currency_id INTO STRICT of_currency
    FROM loyalty_account AS account
    WHERE account.id = found.account_id AND account.customer_id = customer;
    SELECT sum(taken.amount)::bigint INTO points FROM loyalty_gone_of(customer, lot) AS taken;
    IF points IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO loyalty_posting (
        customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor, steps
    ) VALUES (
        customer, of_currency, 'reinstate', 'lot', lot::text || '/back/' || found.times_expired,
        uuid_send(lot), now, now, who, '{}'
    ) RETURNING id INTO posting;
    INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
    VALUES (customer, posting, -3, found.account_id, points, now);
    INSERT INTO loyalty_postingreason (customer_id, posting_id, words, actor, given_at)
    VALUES (customer, posting, why, who, now);
    INSERT INTO loyalty_lotlife (
        customer_id, lot_id, old_at, new_at, cause, reason, actor, moved_at
    )
    SELECT customer, lot, found.expires_at, ends_at, 'reinstated', why, who, now
    WHERE found.expires_at IS DISTINCT FROM ends_at;
    INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount, releases_id)
    SELECT customer, posting, lot, taken.amount, taken.posting_id
    FROM loyalty_gone_of(customer, lot) AS taken;
    UPDATE loyalty_lot AS l SET remaining = l.remaining + points, expires_at = ends_at
    WHERE l.id = lot AND l.customer_id = customer;
    UPDATE loyalty_account AS account
    SET posted = account.posted + points, version = account.version + 1
    WHERE account.id = found.account_id AND account.customer_id = customer;
    PERFORM loyalty_pay_debts(ARRAY[found.account_id], now);
END
$$;

-- What expiries took of a lot and nobody gave back.
CREATE OR REPLACE FUNCTION loyalty_gone_of(customer uuid, lot uuid)
RETURNS TABLE (posting_id bigint, amount bigint)
LANGUAGE sql STABLE AS $$
    SELECT taken.posting_id, taken.amount
    FROM loyalty_allocation AS taken
    JOIN loyalty_posting AS posting
        ON posting.customer_id = taken.customer_id AND posting.id = taken.posting_id
        AND posting.kind = 'expire'
    WHERE taken.customer_id = customer AND taken.lot_id = lot AND taken.releases_id IS NULL
        AND NOT EXISTS (
            SELECT FROM loyalty_allocation AS back
            WHERE back.customer_id = taken.customer_id AND back.lot_id = taken.lot_id
                AND back.releases_id = taken.posting_id
        )
$$
