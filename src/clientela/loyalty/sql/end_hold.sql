-- End a hold, once: settle `wanted` of it (the rest is free again), or release all of it (`wanted` 0).
-- Locks the accounts of its lots in order; what is owed there is paid from what is free again. `receiver`
-- is the system account that gets what is settled: -2, redeemed, or a partner's. `outcome` is done or
-- hold-has-ended; then nothing was written.
DROP FUNCTION IF EXISTS loyalty_end_hold(uuid, text, bigint, uuid, bytea, timestamptz, text, text, bigint);
CREATE OR REPLACE FUNCTION loyalty_end_hold(
    hold uuid, ending text, wanted bigint, redemption uuid, content bytea, now timestamptz, who text,
    via text, money bigint, receiver bigint, OUT outcome text, OUT posting bigint, OUT accounts bigint[]
) LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    placed loyalty_hold%ROWTYPE;
BEGIN
    SELECT * INTO STRICT placed FROM loyalty_hold AS h WHERE h.id = hold;
    accounts := ARRAY(
        SELECT account.id FROM loyalty_account AS account
        WHERE (account.customer_id, account.id) IN (
            SELECT part.customer_id, part.account_id FROM loyalty_holdlot AS part
            WHERE part.hold_id = hold
        )
        ORDER BY account.customer_id, account.id
        FOR NO KEY UPDATE
    );
    IF EXISTS (SELECT FROM loyalty_holdend AS ended WHERE ended.hold_id = hold) THEN
        outcome := 'hold-has-ended';
        RETURN;
    END IF;
    INSERT INTO loyalty_holdend (customer_id, hold_id, kind, ended_at, actor)
    VALUES (placed.customer_id, hold, ending, now, who);
    WITH part AS MATERIALIZED (
        SELECT
            reserved.customer_id, reserved.account_id, reserved.lot_id, reserved.amount,
            greatest(0, least(reserved.amount, wanted - (
                sum(reserved.amount) OVER (ORDER BY reserved.id) - reserved.amount
            )))::bigint AS settled
        FROM loyalty_holdlot AS reserved
        WHERE reserved.hold_id = hold
    ),
    sums AS (
        SELECT
            part.customer_id, part.account_id, sum(part.amount)::bigint AS amount,
            sum(part.settled)::bigint AS settled
        FROM part
        GROUP BY part.customer_id, part.account_id
    ),
    posted AS (
        INSERT INTO loyalty_posting (
            customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
            member_id, channel, steps, money_minor
        )
        SELECT
            sums.customer_id, placed.currency_id, 'redeem', 'redemption', redemption::text, content, now,
            now, who, nullif(placed.customer_id, sums.customer_id), via, '{}', money
        FROM sums
        WHERE sums.settled > 0
        RETURNING loyalty_posting.id, loyalty_posting.customer_id
    ),
    entries AS (
        INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
        SELECT sums.customer_id, posted.id, sums.account_id, receiver, sums.settled, now
        FROM sums
        JOIN posted ON posted.customer_id = sums.customer_id
        WHERE sums.settled > 0
    ),
    taken AS (
        INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount)
        SELECT part.customer_id, posted.id, part.lot_id, part.settled
        FROM part
        JOIN posted ON posted.customer_id = part.customer_id
        WHERE part.settled > 0
    ),
    used AS (
        UPDATE loyalty_lot AS lot
        SET held = lot.held - part.amount, remaining = lot.remaining - part.settled
        FROM part
        WHERE lot.id = part.lot_id AND lot.customer_id = part.customer_id
    ),
    moved AS (
        UPDATE loyalty_account AS account
        SET held = account.held - sums.amount, posted = account.posted - sums.settled,
            version = account.version + 1
        FROM sums
        WHERE account.id = sums.account_id AND account.customer_id = sums.customer_id
    )
    SELECT min(posted.id) INTO posting FROM posted;
    PERFORM loyalty_pay_debts(accounts, now);
    outcome := 'done';
END
$$
