-- Take points back for a return: the purchase's own lot first, then the other lots in the order they
-- are used, never what is held. What is left becomes debt up to the account's limit, the rest is
-- forgiven and said so. Locks the account. Policies: debt | clamp | block (then nothing is written and
-- `missing` is more than 0). `receiver`: the system account that gets them.
DROP FUNCTION IF EXISTS loyalty_take_back(
    uuid, bigint, bigint, text, bigint, bigint, uuid, text, bytea, timestamptz, timestamptz, text, bigint[],
    bigint
);
CREATE OR REPLACE FUNCTION loyalty_take_back(
    customer uuid, account bigint, wanted_currency bigint, policy text, points bigint,
    earn_posting bigint, purchase uuid, posting_key text, content bytea, happened timestamptz,
    now timestamptz, who text, road bigint[], money bigint,
    receiver bigint DEFAULT -1,
    OUT posting bigint, OUT taken bigint, OUT new_debt bigint, OUT given_up bigint,
    OUT missing bigint, OUT balance bigint
) LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    held_here loyalty_account%ROWTYPE;
    lot RECORD;
    rest bigint;
    part bigint;
BEGIN
    SELECT * INTO STRICT held_here FROM loyalty_account AS a
    WHERE a.id = account AND a.customer_id = customer FOR NO KEY UPDATE;
    SELECT least(points, coalesce(sum(l.remaining - l.held), 0)) INTO taken
    FROM loyalty_lot AS l
    WHERE l.customer_id = customer AND l.account_id = account AND l.remaining > l.held;
    missing := CASE policy WHEN 'block' THEN points - taken ELSE 0 END;
    IF missing > 0 THEN
        RETURN;
    END IF;
    new_debt := CASE policy
        WHEN 'debt' THEN least(points - taken, held_here.debt_max - held_here.debt) ELSE 0
    END;
    given_up := points - taken - new_debt;
    INSERT INTO loyalty_posting (
        customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
        purchase_id, reverses_id, steps, money_minor, forgiven
    ) VALUES (
        customer, wanted_currency, 'reverse', 'return', posting_key, content, happened, now, who,
        purchase, earn_posting, road, money, given_up
    ) RETURNING id INTO posting;
    rest := taken;
    FOR lot IN
        SELECT l.id, l.remaining - l.held AS free, l.activated_at IS NULL AS waits
        FROM loyalty_lot AS l
        WHERE l.customer_id = customer AND l.account_id = account AND l.remaining > l.held
        ORDER BY l.posting_id <> earn_posting, l.activated_at IS NOT NULL, l.expires_at NULLS LAST,
            l.active_at, l.id
    LOOP
        EXIT WHEN rest = 0;
        part := least(rest, lot.free);
        UPDATE loyalty_lot SET remaining = remaining - part
        WHERE id = lot.id AND customer_id = customer;
        INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount)
        VALUES (customer, posting, lot.id, part);
        IF lot.waits THEN
            held_here.pending := held_here.pending - part;
        END IF;
        rest := rest - part;
    END LOOP;
    IF taken + new_debt > 0 THEN
        INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
        VALUES (customer, posting, account, receiver, taken + new_debt, happened);
    END IF;
    UPDATE loyalty_account AS a
    SET posted = a.posted - taken - new_debt, debt = a.debt + new_debt,
        pending = held_here.pending, version = a.version + 1
    WHERE a.id = account AND a.customer_id = customer
    RETURNING a.posted - a.pending - a.held INTO balance;
END
$$
