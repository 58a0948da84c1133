-- Use points of a family for a reward: taken at once, or held where a hold is named. Locks the accounts
-- in order and counts on them: what can be used (nothing that is over, waits or is held, less the debt),
-- how often the family had this reward, and what is left in stock. `outcome` is done,
-- not-enough-points, limit-reached or reward-sold-out; unless it is done nothing was written.
-- Lots go in the order of use: the one that ends first, those without an end last. For cash only those
-- count that may become cash. What the family's own lots do not give comes from `others`, who share their
-- points with it: `others_max` at most, null for no limit.
DROP FUNCTION IF EXISTS loyalty_redeem(
    uuid[], bigint, uuid, bigint, uuid, uuid, integer, text, bytea, timestamptz, text, text, bigint
);
CREATE OR REPLACE FUNCTION loyalty_redeem(
    family uuid[], wanted_currency bigint, reward uuid, wanted bigint, redemption uuid, hold uuid,
    member_max integer, purpose text, content bytea, now timestamptz, who text, via text, money bigint,
    others uuid[], others_max bigint,
    OUT outcome text, OUT available bigint, OUT next_expiry timestamptz, OUT posting bigint
) LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    accounts bigint[];
    of_others bigint;
    taken_of_others bigint;
    limited boolean;
BEGIN
    accounts := ARRAY(
        SELECT account.id FROM loyalty_account AS account
        WHERE account.customer_id = ANY (family || others) AND account.currency_id = wanted_currency
        ORDER BY account.customer_id, account.id
        FOR NO KEY UPDATE
    );
    SELECT usable.own, usable.of_others, usable.next_expiry INTO available, of_others, next_expiry
    FROM loyalty_usable_lots(family, accounts, now, purpose = 'cash') AS usable;
    taken_of_others := greatest(0, wanted - greatest(0, available));
    available := available + greatest(0, least(of_others, others_max));
    IF wanted > available THEN
        outcome := 'not-enough-points';
        RETURN;
    END IF;
    IF member_max IS NOT NULL AND loyalty_times_had(family, reward) >= member_max THEN
        outcome := 'limit-reached';
        RETURN;
    END IF;
    SELECT listed.stock IS NOT NULL INTO limited FROM loyalty_reward AS listed WHERE listed.id = reward;
    IF limited THEN
        UPDATE loyalty_reward AS listed SET taken = listed.taken + 1
        WHERE listed.id = reward AND listed.taken < listed.stock;
        IF NOT FOUND THEN
            outcome := 'reward-sold-out';
            RETURN;
        END IF;
    END IF;
    IF hold IS NOT NULL THEN
        PERFORM loyalty_place_hold(
            family, accounts, wanted_currency, wanted, hold, purpose, now, who
        );
    ELSE
        posting := loyalty_take(
            family, accounts, wanted_currency, wanted, redemption, content, now, who, via, money,
            purpose = 'cash'
        );
    END IF;
    SELECT usable.own, usable.of_others INTO available, of_others
    FROM loyalty_usable_lots(family, accounts, now, false) AS usable;
    available := available + greatest(0, least(of_others, others_max - taken_of_others));
    outcome := 'done';
END
$$;

-- Lots of these accounts that can be used now, in the order of use: the family's own, then others'.
DROP FUNCTION IF EXISTS loyalty_free_lots(uuid[], bigint[], timestamptz);
CREATE OR REPLACE FUNCTION loyalty_free_lots(
    family uuid[], accounts bigint[], now timestamptz, for_cash boolean DEFAULT false
) RETURNS TABLE (
    customer uuid, account bigint, lot uuid, amount bigint, running bigint, expires_at timestamptz
)
LANGUAGE sql STABLE AS $$
    SELECT
        lot.customer_id, lot.account_id, lot.id, lot.remaining - lot.held,
        (sum(lot.remaining - lot.held) OVER (
            ORDER BY
                account.customer_id <> ALL (family), lot.expires_at NULLS LAST, lot.active_at, lot.id
        ))::bigint,
        lot.expires_at
    FROM loyalty_account AS account
    JOIN loyalty_lot AS lot
        ON lot.customer_id = account.customer_id AND lot.account_id = account.id
    WHERE account.id = ANY (accounts)
        AND lot.remaining > 0 AND lot.remaining > lot.held
        AND lot.activated_at IS NOT NULL AND lot.active_at <= now
        AND (lot.expires_at IS NULL OR lot.expires_at > now)
        AND (lot.cashable OR NOT for_cash)
$$;

-- What can be used now of the family's own lots, and of those of others, each less what is owed there.
CREATE OR REPLACE FUNCTION loyalty_usable_lots(
    family uuid[], accounts bigint[], now timestamptz, for_cash boolean,
    OUT own bigint, OUT of_others bigint, OUT next_expiry timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT
        lots.own - debts.own, lots.of_others - debts.of_others, lots.next_expiry
    FROM (
        SELECT
            coalesce(sum(free.amount) FILTER (WHERE free.customer = ANY (family)), 0)::bigint AS own,
            coalesce(sum(free.amount) FILTER (WHERE free.customer <> ALL (family)), 0)::bigint
                AS of_others,
            min(free.expires_at) AS next_expiry
        FROM loyalty_free_lots(family, accounts, now, for_cash) AS free
    ) AS lots
    CROSS JOIN (
        SELECT
            coalesce(sum(account.debt) FILTER (WHERE account.customer_id = ANY (family)), 0)::bigint
                AS own,
            coalesce(sum(account.debt) FILTER (WHERE account.customer_id <> ALL (family)), 0)::bigint
                AS of_others
        FROM loyalty_account AS account
        WHERE account.id = ANY (accounts)
    ) AS debts
$$;

-- How often a family had a reward, without what was reversed, refused or timed out.
CREATE OR REPLACE FUNCTION loyalty_times_had(family uuid[], reward uuid) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT count(*)
    FROM loyalty_redemption AS had
    WHERE had.customer_id = ANY (family) AND had.reward_id = reward
        AND NOT EXISTS (
            SELECT FROM loyalty_redemptionreversal AS undone WHERE undone.redemption_id = had.id
        )
        AND NOT EXISTS (
            SELECT FROM loyalty_holdend AS ended
            WHERE ended.hold_id = had.hold_id AND ended.kind <> 'settled'
        )
$$;

DROP FUNCTION IF EXISTS loyalty_take(
    uuid[], bigint[], bigint, bigint, uuid, bytea, timestamptz, text, text, bigint
);
CREATE OR REPLACE FUNCTION loyalty_take(
    family uuid[], accounts bigint[], wanted_currency bigint, wanted bigint, redemption uuid,
    content bytea, now timestamptz, who text, via text, money bigint, for_cash boolean
) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    first bigint;
BEGIN
    WITH part AS MATERIALIZED (
        SELECT
            free.customer, free.account, free.lot,
            least(free.amount, wanted - (free.running - free.amount)) AS amount
        FROM loyalty_free_lots(family, accounts, now, for_cash) AS free
        WHERE free.running - free.amount < wanted
    ),
    sums AS (
        SELECT part.customer, part.account, sum(part.amount)::bigint AS amount
        FROM part
        GROUP BY part.customer, part.account
    ),
    posted AS (
        INSERT INTO loyalty_posting (
            customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
            member_id, channel, steps, money_minor
        )
        SELECT
            sums.customer, wanted_currency, 'redeem', 'redemption', redemption::text, content, now, now,
            who, nullif(family[1], sums.customer), via, '{}', money
        FROM sums
        RETURNING id, customer_id
    ),
    entries AS (
        INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
        SELECT sums.customer, posted.id, sums.account, -2, sums.amount, now
        FROM sums
        JOIN posted ON posted.customer_id = sums.customer
    ),
    taken AS (
        INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount)
        SELECT part.customer, posted.id, part.lot, part.amount
        FROM part
        JOIN posted ON posted.customer_id = part.customer
    ),
    used AS (
        UPDATE loyalty_lot AS lot SET remaining = lot.remaining - part.amount
        FROM part
        WHERE lot.id = part.lot AND lot.customer_id = part.customer
    ),
    moved AS (
        UPDATE loyalty_account AS account
        SET posted = account.posted - sums.amount, version = account.version + 1
        FROM sums
        WHERE account.id = sums.account AND account.customer_id = sums.customer
    )
    SELECT min(posted.id) INTO first FROM posted;
    RETURN first;
END
$$;

CREATE OR REPLACE FUNCTION loyalty_place_hold(
    family uuid[], accounts bigint[], wanted_currency bigint, wanted bigint, hold uuid, purpose text,
    now timestamptz, who text
) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    INSERT INTO loyalty_hold (id, customer_id, currency_id, amount, purpose, placed_at, actor)
    VALUES (hold, family[1], wanted_currency, wanted, purpose, now, who);
    WITH part AS MATERIALIZED (
        SELECT
            free.customer, free.account, free.lot, free.running,
            least(free.amount, wanted - (free.running - free.amount)) AS amount
        FROM loyalty_free_lots(family, accounts, now, purpose = 'cash') AS free
        WHERE free.running - free.amount < wanted
    ),
    parts AS (
        INSERT INTO loyalty_holdlot (customer_id, account_id, hold_id, lot_id, amount)
        SELECT part.customer, part.account, hold, part.lot, part.amount
        FROM part
        ORDER BY part.running
    ),
    reserved AS (
        UPDATE loyalty_lot AS lot SET held = lot.held + part.amount
        FROM part
        WHERE lot.id = part.lot AND lot.customer_id = part.customer
    )
    UPDATE loyalty_account AS account
    SET held = account.held + sums.amount, version = account.version + 1
    FROM (
        SELECT part.customer, part.account, sum(part.amount)::bigint AS amount
        FROM part
        GROUP BY part.customer, part.account
    ) AS sums
    WHERE account.id = sums.account AND account.customer_id = sums.customer;
END
$$
