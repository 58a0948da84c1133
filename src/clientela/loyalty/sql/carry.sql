-- Carry unspent points from records to one of the same customer, lot by lot, each with the life it has:
-- all of them, or so many of one currency in the order of use. Two postings for each account, the second
-- names the first (`pair_id`) and both name the other side (`member_id`). What is held stays where it is.
-- These accounts are locked and nothing in them is over; `fresh` are ids for the new lots, enough of them.
DROP FUNCTION IF EXISTS loyalty_carry(
    uuid, uuid[], bigint, bigint, text, text, uuid[], timestamptz, text
);
CREATE OR REPLACE FUNCTION loyalty_carry(
    target uuid, accounts bigint[], wanted_currency bigint, wanted bigint, why text, which text,
    fresh uuid[], now timestamptz, who text
) RETURNS TABLE (customer uuid, currency text, points bigint, lots bigint)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO loyalty_account (customer_id, currency_id, kind, debt_max)
    SELECT DISTINCT target, account.currency_id, 'own', listed.debt_max
    FROM loyalty_account AS account
    JOIN loyalty_currency AS listed ON listed.id = account.currency_id
    WHERE account.id = ANY (accounts) AND account.kind = 'own'
        AND account.posted + account.debt > account.held
        AND (wanted_currency IS NULL OR account.currency_id = wanted_currency)
    ON CONFLICT DO NOTHING;
    RETURN QUERY
        WITH free AS MATERIALIZED (
            SELECT
                lot.*, account.currency_id, lot.remaining - lot.held AS amount_free,
                sum(lot.remaining - lot.held) OVER (
                    ORDER BY lot.expires_at NULLS LAST, lot.active_at, lot.id
                ) AS running,
                row_number() OVER (ORDER BY lot.customer_id, lot.id) AS place
            FROM loyalty_account AS account
            JOIN loyalty_lot AS lot
                ON lot.customer_id = account.customer_id AND lot.account_id = account.id
            WHERE account.id = ANY (accounts) AND account.kind = 'own'
                AND (wanted_currency IS NULL OR account.currency_id = wanted_currency)
                AND lot.remaining > 0 AND lot.remaining > lot.held
        ),
        part AS MATERIALIZED (
            SELECT
                free.*,
                least(free.amount_free, wanted - (free.running - free.amount_free))::bigint AS taken
            FROM free
            WHERE wanted IS NULL OR free.running - free.amount_free < wanted
        ),
        sums AS (
            SELECT
                part.customer_id, part.account_id, part.currency_id, sum(part.taken)::bigint AS taken,
                count(*) AS lots,
                coalesce(sum(part.taken) FILTER (WHERE part.activated_at IS NULL), 0)::bigint AS waiting
            FROM part
            GROUP BY part.customer_id, part.account_id, part.currency_id
        ),
        went AS (
            INSERT INTO loyalty_posting (
                customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
                member_id, steps
            )
            SELECT
                sums.customer_id, sums.currency_id, 'carry_out', why, which, uuid_send(target), now,
                now, who, target, '{}'
            FROM sums
            ORDER BY sums.customer_id, sums.currency_id
            RETURNING loyalty_posting.id, loyalty_posting.customer_id, loyalty_posting.currency_id
        ),
        came AS (
            INSERT INTO loyalty_posting (
                customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
                member_id, pair_id, steps
            )
            SELECT
                target, went.currency_id, 'carry_in', why, which || '/' || went.customer_id,
                uuid_send(went.customer_id), now, now, who, went.customer_id, went.id, '{}'
            FROM went
            ORDER BY went.id
            RETURNING
                loyalty_posting.id, loyalty_posting.pair_id, loyalty_posting.currency_id,
                loyalty_posting.member_id
        ),
        whole AS (
            SELECT
                sums.*, went.id AS went_id, came.id AS came_id, own.id AS target_account
            FROM sums
            JOIN went ON went.customer_id = sums.customer_id AND went.currency_id = sums.currency_id
            JOIN came ON came.pair_id = went.id
            JOIN loyalty_account AS own
                ON own.customer_id = target AND own.currency_id = sums.currency_id AND own.kind = 'own'
        ),
        entries AS (
            INSERT INTO loyalty_entry (
                customer_id, posting_id, debit_id, credit_id, amount, occurred_at
            )
            SELECT whole.customer_id, whole.went_id, whole.account_id, -5, whole.taken, now FROM whole
            UNION ALL
            SELECT target, whole.came_id, -5, whole.target_account, whole.taken, now FROM whole
        ),
        given AS (
            INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount)
            SELECT part.customer_id, whole.went_id, part.id, part.taken
            FROM part
            JOIN whole
                ON whole.customer_id = part.customer_id AND whole.account_id = part.account_id
        ),
        made AS (
            INSERT INTO loyalty_lot (
                id, customer_id, account_id, posting_id, amount, remaining, active_at, activated_at,
                expires_at, life_end_at, origin_lot_id, cashable
            )
            SELECT
                fresh[part.place], target, whole.target_account, whole.came_id, part.taken, part.taken,
                part.active_at, part.activated_at, part.expires_at, part.life_end_at, part.id,
                part.cashable
            FROM part
            JOIN whole
                ON whole.customer_id = part.customer_id AND whole.account_id = part.account_id
        ),
        used AS (
            UPDATE loyalty_lot AS lot SET remaining = lot.remaining - part.taken
            FROM part
            WHERE lot.id = part.id AND lot.customer_id = part.customer_id
        ),
        lessened AS (
            UPDATE loyalty_account AS account
            SET posted = account.posted - whole.taken, pending = account.pending - whole.waiting,
                version = account.version + 1
            FROM whole
            WHERE account.id = whole.account_id AND account.customer_id = whole.customer_id
        ),
        grown AS (
            UPDATE loyalty_account AS account
            SET posted = account.posted + more.taken, pending = account.pending + more.waiting,
                version = account.version + 1
            FROM (
                SELECT
                    whole.target_account, sum(whole.taken)::bigint AS taken,
                    sum(whole.waiting)::bigint AS waiting
                FROM whole
                GROUP BY whole.target_account
            ) AS more
            WHERE account.id = more.target_account AND account.customer_id = target
        )
        SELECT whole.customer_id, listed.code::text, whole.taken, whole.lots
        FROM whole
        JOIN loyalty_currency AS listed ON listed.id = whole.currency_id
        ORDER BY whole.customer_id, listed.code;
END
$$;

-- Take a carrying back: what is unspent of the lots it made goes to the lots they came from.
CREATE OR REPLACE FUNCTION loyalty_give_back(survivor uuid, which text, now timestamptz, who text)
RETURNS TABLE (customer uuid, currency text, points bigint, lots bigint)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN QUERY
        WITH home AS MATERIALIZED (
            SELECT
                lot.id, lot.account_id, lot.active_at, lot.activated_at,
                lot.remaining - lot.held AS amount, origin.id AS origin_id,
                origin.customer_id AS origin_customer, origin.account_id AS origin_account,
                came.pair_id, came.currency_id
            FROM loyalty_posting AS came
            JOIN loyalty_lot AS lot
                ON lot.customer_id = came.customer_id AND lot.posting_id = came.id
            JOIN loyalty_lot AS origin
                ON origin.customer_id = came.member_id AND origin.id = lot.origin_lot_id
            WHERE came.customer_id = survivor AND came.kind = 'carry_in' AND came.source = 'merge'
                AND came.key LIKE which || '/%' AND lot.remaining > lot.held
        ),
        sums AS (
            SELECT
                home.origin_customer, home.origin_account, home.account_id, home.currency_id,
                sum(home.amount)::bigint AS amount, count(*) AS lots,
                coalesce(sum(home.amount) FILTER (WHERE home.activated_at IS NULL), 0)::bigint
                    AS waiting
            FROM home
            GROUP BY 1, 2, 3, 4
        ),
        went AS (
            INSERT INTO loyalty_posting (
                customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
                member_id, steps
            )
            SELECT
                survivor, sums.currency_id, 'carry_out', 'unmerge', which || '/' || sums.origin_customer,
                uuid_send(sums.origin_customer), now, now, who, sums.origin_customer, '{}'
            FROM sums
            ORDER BY sums.origin_customer, sums.currency_id
            RETURNING loyalty_posting.id, loyalty_posting.member_id, loyalty_posting.currency_id
        ),
        came AS (
            INSERT INTO loyalty_posting (
                customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
                member_id, pair_id, steps
            )
            SELECT
                went.member_id, went.currency_id, 'carry_in', 'unmerge', which, uuid_send(survivor),
                now, now, who, survivor, went.id, '{}'
            FROM went
            ORDER BY went.id
            RETURNING loyalty_posting.id, loyalty_posting.pair_id
        ),
        whole AS (
            SELECT sums.*, went.id AS went_id, came.id AS came_id
            FROM sums
            JOIN went
                ON went.member_id = sums.origin_customer AND went.currency_id = sums.currency_id
            JOIN came ON came.pair_id = went.id
        ),
        entries AS (
            INSERT INTO loyalty_entry (
                customer_id, posting_id, debit_id, credit_id, amount, occurred_at
            )
            SELECT survivor, whole.went_id, whole.account_id, -5, whole.amount, now FROM whole
            UNION ALL
            SELECT whole.origin_customer, whole.came_id, -5, whole.origin_account, whole.amount, now
            FROM whole
        ),
        moves AS (
            INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount, releases_id)
            SELECT survivor, whole.went_id, home.id, home.amount, NULL
            FROM home
            JOIN whole
                ON whole.origin_customer = home.origin_customer AND whole.currency_id = home.currency_id
            UNION ALL
            SELECT home.origin_customer, whole.came_id, home.origin_id, home.amount, home.pair_id
            FROM home
            JOIN whole
                ON whole.origin_customer = home.origin_customer AND whole.currency_id = home.currency_id
        ),
        used AS (
            UPDATE loyalty_lot AS lot SET remaining = lot.remaining - home.amount
            FROM home
            WHERE lot.id = home.id AND lot.customer_id = survivor
        ),
        filled AS (
            UPDATE loyalty_lot AS lot
            SET remaining = lot.remaining + home.amount, active_at = home.active_at,
                activated_at = home.activated_at
            FROM home
            WHERE lot.id = home.origin_id AND lot.customer_id = home.origin_customer
        ),
        lessened AS (
            UPDATE loyalty_account AS account
            SET posted = account.posted - less.amount, pending = account.pending - less.waiting,
                version = account.version + 1
            FROM (
                SELECT
                    whole.account_id, sum(whole.amount)::bigint AS amount,
                    sum(whole.waiting)::bigint AS waiting
                FROM whole
                GROUP BY whole.account_id
            ) AS less
            WHERE account.id = less.account_id AND account.customer_id = survivor
        ),
        grown AS (
            UPDATE loyalty_account AS account
            SET posted = account.posted + whole.amount, pending = account.pending + whole.waiting,
                version = account.version + 1
            FROM whole
            WHERE account.id = whole.origin_account AND account.customer_id = whole.origin_customer
        )
        SELECT whole.origin_customer, listed.code::text, whole.amount, whole.lots
        FROM whole
        JOIN loyalty_currency AS listed ON listed.id = whole.currency_id
        ORDER BY whole.origin_customer, listed.code;
END
$$
