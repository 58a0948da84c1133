-- Give points to another member: lots in the order of use, each with the life and the end it has, or all
-- with a new life of their kind that begins now (`is_reset`) and ends with `new_end`. Two postings for each account that gives, through points in transit; the
-- second names the first (`pair_id`), both name the other side. All these accounts are locked and
-- settled, `target` is the receiver's, and there is enough. `fresh` are ids for the new lots. What the
-- receiver owes is paid first. Returns the first posting of each side.
CREATE OR REPLACE FUNCTION loyalty_transfer(
    senders uuid[], accounts bigint[], receiver uuid, target bigint, wanted_currency bigint,
    wanted bigint, named uuid, is_reset boolean, new_end timestamptz, fresh uuid[], now timestamptz,
    who text, OUT sent bigint, OUT received bigint
) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    WITH part AS MATERIALIZED (
        SELECT
            free.customer, free.account, free.lot, free.running,
            row_number() OVER (ORDER BY free.running) AS place,
            least(free.amount, wanted - (free.running - free.amount)) AS amount
        FROM loyalty_free_lots(senders, accounts, now, false) AS free
        WHERE free.running - free.amount < wanted
    ),
    sums AS (
        SELECT part.customer, part.account, sum(part.amount)::bigint AS amount
        FROM part
        GROUP BY part.customer, part.account
    ),
    went AS (
        INSERT INTO loyalty_posting (
            customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
            member_id, steps
        )
        SELECT
            sums.customer, wanted_currency, 'transfer_out', 'transfer', named::text,
            uuid_send(receiver), now, now, who, receiver, '{}'
        FROM sums
        ORDER BY sums.customer
        RETURNING loyalty_posting.id, loyalty_posting.customer_id
    ),
    came AS (
        INSERT INTO loyalty_posting (
            customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
            member_id, pair_id, steps
        )
        SELECT
            receiver, wanted_currency, 'transfer_in', 'transfer', named::text || '/' || went.customer_id,
            uuid_send(went.customer_id), now, now, who, went.customer_id, went.id, '{}'
        FROM went
        ORDER BY went.id
        RETURNING loyalty_posting.id, loyalty_posting.pair_id
    ),
    whole AS (
        SELECT sums.*, went.id AS went_id, came.id AS came_id
        FROM sums
        JOIN went ON went.customer_id = sums.customer
        JOIN came ON came.pair_id = went.id
    ),
    entries AS (
        INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
        SELECT whole.customer, whole.went_id, whole.account, -5, whole.amount, now FROM whole
        UNION ALL
        SELECT receiver, whole.came_id, -5, target, whole.amount, now FROM whole
    ),
    taken AS (
        INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount)
        SELECT part.customer, whole.went_id, part.lot, part.amount
        FROM part
        JOIN whole ON whole.customer = part.customer AND whole.account = part.account
    ),
    made AS (
        INSERT INTO loyalty_lot (
            id, customer_id, account_id, posting_id, amount, remaining, active_at, activated_at,
            expires_at, life, life_end_at, origin_lot_id, cashable
        )
        SELECT
            fresh[part.place], receiver, target, whole.came_id, part.amount, part.amount,
            CASE WHEN is_reset THEN now ELSE lot.active_at END, now,
            CASE WHEN is_reset THEN new_end ELSE lot.expires_at END,
            CASE WHEN NOT is_reset THEN lot.life END,
            CASE WHEN NOT is_reset THEN lot.life_end_at END, lot.id, lot.cashable
        FROM part
        JOIN whole ON whole.customer = part.customer AND whole.account = part.account
        JOIN loyalty_lot AS lot ON lot.customer_id = part.customer AND lot.id = part.lot
    ),
    used AS (
        UPDATE loyalty_lot AS lot SET remaining = lot.remaining - part.amount
        FROM part
        WHERE lot.id = part.lot AND lot.customer_id = part.customer
    ),
    lessened AS (
        UPDATE loyalty_account AS account
        SET posted = account.posted - whole.amount, version = account.version + 1
        FROM whole
        WHERE account.id = whole.account AND account.customer_id = whole.customer
    ),
    grown AS (
        UPDATE loyalty_account AS account
        SET posted = account.posted + more.amount, version = account.version + 1
        FROM (SELECT sum(whole.amount)::bigint AS amount FROM whole) AS more
        WHERE account.id = target AND account.customer_id = receiver
    )
    SELECT min(whole.went_id), min(whole.came_id) INTO sent, received FROM whole;
    PERFORM loyalty_pay_debts(ARRAY[target], now);
END
$$
