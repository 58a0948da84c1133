-- Book awards, on accounts that are locked, each with the debt it has: one row for each part of an award,
-- which becomes a lot. Parts that can be used at once pay the debt first: an allocation of the earning
-- posting on its own lot. What was booked before is left out. Returns the place of an award, its posting, and
-- whether that may bring its owner up a ladder.
WITH incoming AS (
    SELECT
        row.*,
        CASE WHEN row.is_active THEN least(row.points, greatest(row.debt + row.points - sum(
            CASE WHEN row.is_active THEN row.points ELSE 0 END
        ) OVER (
            PARTITION BY row.account_id ORDER BY row.occurred_at, row.purchase_id, row.key, row.nth
        ), 0)) ELSE 0 END::bigint AS paid
    FROM unnest(
        %(customer_id)s::uuid[], %(account_id)s::bigint[], %(debt)s::bigint[],
        %(purchase_id)s::uuid[], %(source)s::text[], %(key)s::text[], %(body_hash)s::bytea[],
        %(occurred_at)s::timestamptz[], %(total)s::bigint[], %(money_minor)s::bigint[],
        %(channel)s::text[], %(steps)s::text[], %(looked_at)s::text[], %(lot_id)s::uuid[],
        %(nth)s::bigint[], %(points)s::bigint[], %(active_at)s::timestamptz[],
        %(is_active)s::boolean[], %(expires_at)s::timestamptz[], %(cashable)s::boolean[],
        %(life)s::text[], %(batch_place)s::bigint[]
    ) AS row (
        customer_id, account_id, debt, purchase_id, source, key, body_hash, occurred_at, total,
        money_minor, channel, steps, looked_at, lot_id, nth, points, active_at, is_active,
        expires_at, cashable, life, batch_place
    )
),
posted AS (
    INSERT INTO loyalty_posting (
        customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
        purchase_id, channel, steps, looked_at, money_minor
    )
    SELECT
        customer_id, %(currency_id)s, 'earn', source, key, body_hash, occurred_at, %(now)s,
        %(actor)s, purchase_id, channel, steps::bigint[], looked_at::bigint[], money_minor
    FROM incoming
    WHERE nth = 1
    ON CONFLICT DO NOTHING
    RETURNING id, customer_id, source, key
),
booked AS (
    SELECT incoming.*, posted.id AS posting_id
    FROM posted
    JOIN incoming USING (customer_id, source, key)
),
entries AS (
    INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
    SELECT customer_id, posting_id, -1, account_id, total, occurred_at FROM booked WHERE nth = 1
),
lots AS (
    INSERT INTO loyalty_lot (
        id, customer_id, account_id, posting_id, amount, remaining, active_at, activated_at, expires_at,
        cashable, life
    )
    SELECT
        lot_id, customer_id, account_id, posting_id, points, points - paid, active_at,
        CASE WHEN is_active THEN %(now)s::timestamptz END, expires_at, cashable,
        life::jsonb
    FROM booked
),
debts_paid AS (
    INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount, paid_at)
    SELECT customer_id, posting_id, lot_id, paid, greatest(occurred_at, %(now)s) FROM booked WHERE paid > 0
),
moved AS (
    UPDATE loyalty_account AS account
    SET
        posted = account.posted + sums.points,
        earned = account.earned + sums.points,
        pending = account.pending + sums.waiting,
        debt = account.debt - sums.paid,
        version = account.version + 1
    FROM (
        SELECT
            customer_id, account_id, sum(points)::bigint AS points, sum(paid)::bigint AS paid,
            sum(CASE WHEN is_active THEN 0 ELSE points END)::bigint AS waiting
        FROM booked
        GROUP BY customer_id, account_id
    ) AS sums
    WHERE account.id = sums.account_id AND account.customer_id = sums.customer_id
    RETURNING
        account.id, account.earned >= account.measure_at OR account.measured_by <> %(version)s AS is_near
)
SELECT booked.batch_place, booked.posting_id, moved.is_near
FROM booked
JOIN moved ON moved.id = booked.account_id
WHERE booked.nth = 1
