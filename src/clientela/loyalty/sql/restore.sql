-- Give the points of a redemption back, once: to the lots they came from, with the end they had; only
-- `wanted` of them where that is said, those first that were taken last, for they end last. A `part` with a
-- name gives so many back and leaves the rest to other parts, or to the end: what went back before does not go
-- back again. What the customer owes is paid first, from lots that are not over. The account that got the
-- points gives them; it keeps the rest. Locks the accounts in order. `outcome` is done or already-reversed;
-- then nothing was written. Lots that are over expire afterwards.
DROP FUNCTION IF EXISTS loyalty_restore(uuid[], uuid, bigint, bytea, timestamptz, text, text);
CREATE OR REPLACE FUNCTION loyalty_restore(
    family uuid[], redemption uuid, wanted bigint, part text, content bytea, now timestamptz, who text,
    why text, OUT outcome text, OUT posting bigint, OUT points bigint, OUT accounts bigint[]
) LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    accounts := ARRAY(
        SELECT account.id FROM loyalty_account AS account
        WHERE account.customer_id = ANY (family)
        ORDER BY account.customer_id, account.id
        FOR NO KEY UPDATE
    );
    IF EXISTS (
        SELECT FROM loyalty_redemptionreversal AS undone WHERE undone.redemption_id = redemption
    ) THEN
        outcome := 'already-reversed';
        RETURN;
    END IF;
    IF part IS NULL THEN
        INSERT INTO loyalty_redemptionreversal (
            customer_id, redemption_id, points, cause, actor, reversed_at
        )
        SELECT made.customer_id, made.id, wanted, why, who, now
        FROM loyalty_redemption AS made
        WHERE made.id = redemption;
    END IF;
    WITH original AS MATERIALIZED (
        SELECT
            redeemed.id, redeemed.customer_id, redeemed.currency_id, redeemed.member_id,
            entry.account_id, entry.credit_id AS giver
        FROM loyalty_posting AS redeemed
        JOIN loyalty_entry AS entry
            ON entry.customer_id = redeemed.customer_id AND entry.posting_id = redeemed.id
        WHERE redeemed.customer_id = ANY (family) AND redeemed.source = 'redemption'
            AND redeemed.key = redemption::text AND redeemed.kind = 'redeem'
    ),
    still AS MATERIALIZED (
        SELECT
            original.id AS original_id, original.customer_id, original.account_id, taken.id,
            taken.lot_id,
            taken.amount - coalesce((
                SELECT sum(given.amount) FROM loyalty_allocation AS given
                WHERE given.customer_id = taken.customer_id AND given.lot_id = taken.lot_id
                    AND given.releases_id = original.id
            ), 0) AS amount
        FROM original
        JOIN loyalty_allocation AS taken
            ON taken.customer_id = original.customer_id AND taken.posting_id = original.id
    ),
    used AS MATERIALIZED (
        SELECT
            still.original_id, still.customer_id, still.account_id, still.id, still.lot_id,
            lot.expires_at,
            CASE WHEN wanted IS NULL THEN still.amount ELSE greatest(0, least(still.amount, wanted - (
                sum(still.amount) OVER (
                    ORDER BY lot.expires_at DESC NULLS FIRST, lot.active_at DESC, lot.id DESC, still.id
                ) - still.amount
            ))) END::bigint AS amount
        FROM still
        JOIN loyalty_lot AS lot
            ON lot.customer_id = still.customer_id AND lot.id = still.lot_id
    ),
    back AS MATERIALIZED (
        SELECT
            used.*,
            CASE WHEN used.expires_at <= now THEN 0 ELSE greatest(0, least(used.amount, account.debt - (
                sum(used.amount) FILTER (WHERE used.expires_at IS NULL OR used.expires_at > now) OVER (
                    PARTITION BY used.account_id ORDER BY used.expires_at NULLS LAST, used.id
                ) - used.amount
            ))) END::bigint AS paid
        FROM used
        JOIN loyalty_account AS account
            ON account.customer_id = used.customer_id AND account.id = used.account_id
        WHERE used.amount > 0
    ),
    sums AS MATERIALIZED (
        SELECT
            back.original_id, back.customer_id, back.account_id, sum(back.amount)::bigint AS amount,
            sum(back.paid)::bigint AS paid
        FROM back
        GROUP BY back.original_id, back.customer_id, back.account_id
    ),
    posted AS (
        INSERT INTO loyalty_posting (
            customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
            member_id, reverses_id, steps
        )
        SELECT
            original.customer_id, original.currency_id, 'restore', 'reversal',
            concat_ws('/', redemption::text, part), content,
            now, now, who, original.member_id, original.id, '{}'
        FROM original
        WHERE original.id IN (SELECT sums.original_id FROM sums)
        RETURNING loyalty_posting.id, loyalty_posting.customer_id, loyalty_posting.reverses_id
    ),
    entries AS (
        INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
        SELECT original.customer_id, posted.id, original.giver, original.account_id, sums.amount, now
        FROM original
        JOIN posted ON posted.reverses_id = original.id
        JOIN sums ON sums.original_id = original.id
    ),
    given AS (
        INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount, releases_id)
        SELECT back.customer_id, posted.id, back.lot_id, back.amount, back.original_id
        FROM back
        JOIN posted ON posted.reverses_id = back.original_id
    ),
    debts_paid AS (
        INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount)
        SELECT back.customer_id, posted.id, back.lot_id, back.paid
        FROM back
        JOIN posted ON posted.reverses_id = back.original_id
        WHERE back.paid > 0
    ),
    filled AS (
        UPDATE loyalty_lot AS lot SET remaining = lot.remaining + back.amount - back.paid
        FROM back
        WHERE lot.id = back.lot_id AND lot.customer_id = back.customer_id
    ),
    moved AS (
        UPDATE loyalty_account AS account
        SET posted = account.posted + sums.amount, debt = account.debt - sums.paid,
            version = account.version + 1
        FROM sums
        WHERE account.id = sums.account_id AND account.customer_id = sums.customer_id
    )
    SELECT min(posted.id), sum(sums.amount) INTO posting, points
    FROM posted
    JOIN sums ON sums.original_id = posted.reverses_id;
    outcome := 'done';
END
$$
