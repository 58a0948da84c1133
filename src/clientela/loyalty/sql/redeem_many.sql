-- Book redemptions of rewards that give a code, each customer's in their order; what they cost is known to
-- be there, on accounts that are locked. The nth of a customer takes what the former ones left, the lot
-- that ends first before the others, those without an end last: both are laid on one line from 0, the
-- wishes by their sums and the lots by theirs, and each wish takes from the lots it lies on. `aliases`:
-- merged records of the customer, whose points are theirs too. Returns the place of each, its first
-- posting, and the points that were taken.
WITH wish AS MATERIALIZED (
    SELECT
        row.*,
        (sum(row.points) OVER (
            PARTITION BY row.customer_id, row.currency_id ORDER BY row.place
        ))::bigint AS until
    FROM unnest(
        %(customer_id)s::uuid[], %(aliases)s::text[], %(currency_id)s::bigint[], %(points)s::bigint[],
        %(redemption_id)s::uuid[], %(reward_id)s::uuid[], %(body_hash)s::bytea[],
        %(money_minor)s::bigint[], %(due_minor)s::bigint[], %(coupon_id)s::uuid[], %(number)s::text[],
        %(number_norm)s::text[], %(worth_minor)s::bigint[], %(expires_at)s::timestamptz[],
        %(channel)s::text[]
    ) WITH ORDINALITY AS row (
        customer_id, aliases, currency_id, points, redemption_id, reward_id, body_hash, money_minor,
        due_minor, coupon_id, number, number_norm, worth_minor, expires_at, channel, place
    )
),
asked AS (
    SELECT wish.customer_id, wish.currency_id, min(wish.aliases) AS aliases
    FROM wish
    GROUP BY wish.customer_id, wish.currency_id
),
record AS (
    SELECT asked.customer_id AS redeemer, asked.currency_id, asked.customer_id FROM asked
    UNION ALL
    SELECT asked.customer_id, asked.currency_id, unnest(string_to_array(asked.aliases, ',')::uuid[])
    FROM asked
    WHERE asked.aliases <> ''
),
free AS MATERIALIZED (
    SELECT
        record.redeemer, record.currency_id, lot.customer_id, lot.account_id, lot.id,
        lot.remaining - lot.held AS amount,
        (sum(lot.remaining - lot.held) OVER (
            PARTITION BY record.redeemer, record.currency_id
            ORDER BY lot.expires_at NULLS LAST, lot.active_at, lot.id
        ))::bigint AS until
    FROM record
    JOIN loyalty_account AS account
        ON account.customer_id = record.customer_id AND account.currency_id = record.currency_id
    JOIN loyalty_lot AS lot
        ON lot.customer_id = account.customer_id AND lot.account_id = account.id
    WHERE lot.remaining > 0 AND lot.remaining > lot.held
        AND lot.activated_at IS NOT NULL AND lot.active_at <= %(now)s
        AND (lot.expires_at IS NULL OR lot.expires_at > %(now)s)
),
part AS MATERIALIZED (
    SELECT
        wish.place, wish.customer_id AS redeemer, wish.currency_id, wish.redemption_id, wish.body_hash,
        wish.money_minor, wish.channel, free.customer_id, free.account_id, free.id AS lot_id,
        least(wish.until, free.until)
            - greatest(wish.until - wish.points, free.until - free.amount) AS amount
    FROM wish
    JOIN free ON free.redeemer = wish.customer_id AND free.currency_id = wish.currency_id
    WHERE free.until > wish.until - wish.points AND free.until - free.amount < wish.until
),
posting AS MATERIALIZED (
    SELECT sums.*, nextval('loyalty_posting_id_seq') AS id
    FROM (
        SELECT
            part.place, part.redeemer, part.currency_id, part.redemption_id, part.body_hash,
            part.money_minor, part.channel, part.customer_id, part.account_id,
            sum(part.amount)::bigint AS amount, array_agg(part.lot_id) AS lots,
            array_agg(part.amount) AS amounts
        FROM part
        GROUP BY
            part.place, part.redeemer, part.currency_id, part.redemption_id, part.body_hash,
            part.money_minor, part.channel, part.customer_id, part.account_id
        ORDER BY part.place, part.account_id
    ) AS sums
),
posted AS (
    INSERT INTO loyalty_posting (
        id, customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
        member_id, channel, steps, money_minor
    )
    SELECT
        posting.id, posting.customer_id, posting.currency_id, 'redeem', 'redemption',
        posting.redemption_id::text, posting.body_hash, %(now)s, %(now)s, %(actor)s,
        nullif(posting.redeemer, posting.customer_id), posting.channel, '{}', posting.money_minor
    FROM posting
),
entries AS (
    INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
    SELECT posting.customer_id, posting.id, posting.account_id, -2, posting.amount, %(now)s
    FROM posting
),
taken AS (
    INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount)
    SELECT posting.customer_id, posting.id, piece.lot_id, piece.amount
    FROM posting
    CROSS JOIN LATERAL unnest(posting.lots, posting.amounts) AS piece (lot_id, amount)
),
used AS (
    UPDATE loyalty_lot AS lot SET remaining = lot.remaining - sums.amount
    FROM (
        SELECT part.lot_id, part.customer_id, sum(part.amount)::bigint AS amount
        FROM part
        GROUP BY part.lot_id, part.customer_id
    ) AS sums
    WHERE lot.id = sums.lot_id AND lot.customer_id = sums.customer_id
),
moved AS (
    UPDATE loyalty_account AS account
    SET posted = account.posted - sums.amount, version = account.version + 1
    FROM (
        SELECT part.account_id, part.customer_id, sum(part.amount)::bigint AS amount
        FROM part
        GROUP BY part.account_id, part.customer_id
    ) AS sums
    WHERE account.id = sums.account_id AND account.customer_id = sums.customer_id
),
made AS (
    INSERT INTO loyalty_redemption (
        id, customer_id, reward_id, kind, currency_id, points, due_minor, due_code, labels, terms, actor,
        channel, redeemed_at
    )
    SELECT
        wish.redemption_id, wish.customer_id, wish.reward_id, reward.kind, wish.currency_id, wish.points,
        wish.due_minor, CASE WHEN wish.due_minor > 0 THEN reward.price_code ELSE '' END, reward.labels,
        reward.terms, %(actor)s, wish.channel, %(now)s
    FROM wish
    JOIN loyalty_reward AS reward ON reward.id = wish.reward_id
),
coupons AS (
    INSERT INTO loyalty_coupon (
        id, customer_id, pool_id, redemption_id, number, percent, minor, money_code, most_minor,
        least_minor, issued_at, expires_at
    )
    SELECT
        wish.coupon_id, wish.customer_id, pool.id, wish.redemption_id, wish.number, pool.percent,
        coalesce(wish.worth_minor, pool.minor), pool.money_code, pool.most_minor, pool.least_minor,
        %(now)s, wish.expires_at
    FROM wish
    JOIN loyalty_reward AS reward ON reward.id = wish.reward_id
    JOIN loyalty_couponpool AS pool ON pool.id = reward.pool_id
),
keys AS (
    INSERT INTO loyalty_couponkey (number_norm, customer_id, coupon_id)
    SELECT wish.number_norm, wish.customer_id, wish.coupon_id FROM wish
)
SELECT posting.place, min(posting.id), sum(posting.amount)::bigint
FROM posting
GROUP BY posting.place
