-- Book points that no purchase earned, on accounts that are locked, each with the debt it has: a posting
-- for each key, a lot for each of its parts. The debt is paid by what can be used at once, first. Parts
-- that wait have no active_at, or one to come. `giver`: the system account they come from, by default that of what is
-- issued or given. Returns key and posting.
WITH incoming AS (
    SELECT
        row.*,
        CASE WHEN row.active_at <= %(now)s::timestamptz THEN least(row.points, greatest(
            row.debt + row.points - sum(row.points) FILTER (
                WHERE row.active_at <= %(now)s::timestamptz
            ) OVER (PARTITION BY row.account_id ORDER BY row.occurred_at, row.lot_id), 0
        )) ELSE 0 END::bigint AS paid
    FROM unnest(
        %(customer_id)s::uuid[], %(account_id)s::bigint[], %(debt)s::bigint[], %(kind)s::text[],
        %(source)s::text[], %(key)s::text[], %(body_hash)s::bytea[], %(occurred_at)s::timestamptz[],
        %(points)s::bigint[], %(lot_id)s::uuid[], %(active_at)s::timestamptz[],
        %(expires_at)s::timestamptz[], %(cashable)s::boolean[], %(steps)s::text[]
    ) AS row (
        customer_id, account_id, debt, kind, source, key, body_hash, occurred_at, points, lot_id,
        active_at, expires_at, cashable, steps
    )
),
posted AS (
    INSERT INTO loyalty_posting (
        customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor, steps
    )
    SELECT DISTINCT ON (customer_id, source, key)
        customer_id, %(currency_id)s, kind, source, key, body_hash, occurred_at, %(now)s, %(actor)s,
        steps::bigint[]
    FROM incoming
    ORDER BY customer_id, source, key
    ON CONFLICT DO NOTHING
    RETURNING id, customer_id, source, key
),
booked AS (
    SELECT incoming.*, posted.id AS posting_id
    FROM posted
    JOIN incoming ON incoming.customer_id = posted.customer_id AND incoming.source = posted.source
        AND incoming.key = posted.key
),
entries AS (
    INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
    SELECT
        customer_id, posting_id, coalesce(%(giver)s::bigint, CASE kind WHEN 'grant' THEN -4 ELSE -1 END), account_id, sum(points),
        occurred_at
    FROM booked
    GROUP BY customer_id, posting_id, kind, account_id, occurred_at
),
lots AS (
    INSERT INTO loyalty_lot (
        id, customer_id, account_id, posting_id, amount, remaining, active_at, activated_at, expires_at,
        cashable
    )
    SELECT
        lot_id, customer_id, account_id, posting_id, points, points - paid, active_at,
        CASE WHEN active_at <= %(now)s::timestamptz THEN %(now)s::timestamptz END, expires_at, cashable
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
        pending = account.pending + sums.waiting,
        debt = account.debt - sums.paid,
        version = account.version + 1
    FROM (
        SELECT
            customer_id, account_id, sum(points)::bigint AS points, sum(paid)::bigint AS paid,
            coalesce(sum(points) FILTER (
                WHERE active_at IS NULL OR active_at > %(now)s::timestamptz
            ), 0)::bigint AS waiting
        FROM booked
        GROUP BY customer_id, account_id
    ) AS sums
    WHERE account.id = sums.account_id AND account.customer_id = sums.customer_id
)
SELECT key, id FROM posted
