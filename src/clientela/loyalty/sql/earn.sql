-- Book what purchases earned, on accounts that are locked, each with the debt it has. The debt is paid
-- first: an allocation of the earning posting on its own lot. Points earned on the nth of the days end at
-- the nth expires_at; without days they never end. Returns the place of each that was booked, its posting,
-- what its customer can use after all of them, what is over by `due_at` not counted, and whether that
-- may bring its owner up a ladder.
WITH incoming AS (
    SELECT
        row.*, account.id AS account_id,
        CASE
            WHEN %(due_at)s::timestamptz IS NULL THEN account.posted - account.held - account.pending
            ELSE loyalty_free(account, %(due_at)s)
        END AS balance,
        least(row.points, greatest(account.debt + row.points - sum(row.points) OVER (
            PARTITION BY account.id ORDER BY row.occurred_at, row.purchase_id
        ), 0))::bigint AS paid
    FROM unnest(
        %(customer_id)s::uuid[], %(purchase_id)s::uuid[], %(lot_id)s::uuid[],
        %(body_hash)s::bytea[], %(occurred_at)s::timestamptz[], %(points)s::bigint[],
        %(money_minor)s::bigint[], %(channel)s::text[], %(steps)s::text[]
    ) WITH ORDINALITY AS row (
        customer_id, purchase_id, lot_id, body_hash, occurred_at, points, money_minor, channel, steps,
        place
    )
    JOIN loyalty_account AS account
        ON account.customer_id = row.customer_id AND account.currency_id = %(currency_id)s
        AND account.kind = 'own'
),
posted AS (
    INSERT INTO loyalty_posting (
        customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
        purchase_id, channel, steps, money_minor
    )
    SELECT
        customer_id, %(currency_id)s, 'earn', 'purchase', purchase_id::text, body_hash, occurred_at,
        %(now)s, %(actor)s, purchase_id, channel, steps::bigint[], money_minor
    FROM incoming
    ON CONFLICT DO NOTHING
    RETURNING id, purchase_id
),
booked AS (
    SELECT incoming.*, posted.id AS posting_id
    FROM posted
    JOIN incoming ON incoming.purchase_id = posted.purchase_id
),
entries AS (
    INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
    SELECT customer_id, posting_id, -1, account_id, points, occurred_at FROM booked
),
lots AS (
    INSERT INTO loyalty_lot (
        id, customer_id, account_id, posting_id, amount, remaining, active_at, activated_at, expires_at,
        cashable
    )
    SELECT
        lot_id, customer_id, account_id, posting_id, points, points - paid, occurred_at, %(now)s,
        (%(expires_at)s::timestamptz[])[width_bucket(occurred_at, %(days)s::timestamptz[])], true
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
        debt = account.debt - sums.paid,
        version = account.version + 1
    FROM (
        SELECT customer_id, account_id, sum(points)::bigint AS points, sum(paid)::bigint AS paid
        FROM booked
        GROUP BY customer_id, account_id
    ) AS sums
    WHERE account.id = sums.account_id AND account.customer_id = sums.customer_id
    RETURNING
        account.id, sums.points,
        account.earned >= account.measure_at OR account.measured_by <> %(version)s AS is_near
)
SELECT booked.place, booked.posting_id, booked.balance + moved.points, moved.is_near
FROM booked
JOIN moved ON moved.id = booked.account_id
ORDER BY booked.place
