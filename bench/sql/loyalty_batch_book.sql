-- The same rows as earn.sql and the log write, from a table that lies ready.
WITH posted AS (
    INSERT INTO loyalty_posting (
        customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
        purchase_id, channel, steps, money_minor
    )
    SELECT
        customer_id, 1, 'earn', 'purchase', purchase_id::text, body_hash, occurred_at, now(), 'bench',
        purchase_id, 'shop', ARRAY[1, 0, points], minor
    FROM staged
    ON CONFLICT DO NOTHING
    RETURNING id, purchase_id
),
booked AS (
    SELECT staged.*, posted.id AS posting_id, account.id AS account_id
    FROM posted
    JOIN staged ON staged.purchase_id = posted.purchase_id
    JOIN loyalty_account AS account ON account.customer_id = staged.customer_id AND account.kind = 'own'
),
entries AS (
    INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
    SELECT customer_id, posting_id, -1, account_id, points, occurred_at FROM booked
),
lots AS (
    INSERT INTO loyalty_lot (
        id, customer_id, account_id, posting_id, amount, remaining, active_at, activated_at, cashable
    )
    SELECT lot_id, customer_id, account_id, posting_id, points, points, occurred_at, now(), true
    FROM booked
),
moved AS (
    UPDATE loyalty_account AS account
    SET posted = account.posted + sums.points, version = account.version + 1
    FROM (
        SELECT account_id, sum(points)::bigint AS points FROM booked GROUP BY account_id
    ) AS sums
    WHERE account.id = sums.account_id
)
INSERT INTO events_event (occurred_at, recorded_at, name, customer_id, subject, actor, request, data)
SELECT
    occurred_at, now(), 'points.earned', customer_id, 'pur_' || replace(purchase_id::text, '-', ''),
    'bench', '', jsonb_build_object(
        'posting', 'pos_' || posting_id, 'points', points, 'currency', 'points'
    )
FROM booked
