-- Points of a currency up to an instant, by the local month in which they were earned: earned, used,
-- expired, taken back, and what was paid for what earned them. What was carried to another record, or sent
-- with its life, stays in its cohort. What paid a debt was taken back before it was earned. What ends with
-- the instant has expired.
WITH RECURSIVE origin AS (
    SELECT
        lot.id, lot.customer_id,
        date_trunc('month', posting.occurred_at AT TIME ZONE %(zone)s::text)::date AS cohort_on,
        lot.amount, posting.occurred_at
    FROM loyalty_lot AS lot
    JOIN loyalty_posting AS posting
        ON posting.customer_id = lot.customer_id AND posting.id = lot.posting_id
    WHERE posting.currency_id = %(currency_id)s AND lot.origin_lot_id IS NULL
    UNION ALL
    SELECT lot.id, lot.customer_id, origin.cohort_on, 0::bigint, origin.occurred_at
    FROM origin
    JOIN loyalty_lot AS lot ON lot.origin_lot_id = origin.id
),
came AS (
    SELECT cohort_on, sum(amount) AS issued
    FROM origin
    WHERE occurred_at < %(ends_at)s
    GROUP BY cohort_on
),
went AS (
    SELECT
        origin.cohort_on,
        sum(moved.amount) FILTER (WHERE moved.kind NOT IN ('expire', 'reverse', 'debt', 'adjust')) AS redeemed,
        sum(moved.amount) FILTER (WHERE moved.kind = 'expire') AS expired,
        sum(moved.amount) FILTER (WHERE moved.kind IN ('reverse', 'debt', 'adjust')) AS reversed
    FROM (
        SELECT
            taken.customer_id, taken.lot_id,
            CASE WHEN taken.releases_id IS NULL THEN taken.amount ELSE -taken.amount END AS amount,
            CASE WHEN taken.releases_id IS NULL AND entry.credit_id = entry.account_id THEN 'debt'
                ELSE coalesce(released.kind, posting.kind) END AS kind
        FROM loyalty_allocation AS taken
        JOIN loyalty_posting AS posting
            ON posting.customer_id = taken.customer_id AND posting.id = taken.posting_id
        JOIN loyalty_entry AS entry
            ON entry.customer_id = taken.customer_id AND entry.posting_id = taken.posting_id
        LEFT JOIN loyalty_posting AS released
            ON released.customer_id = taken.customer_id AND released.id = taken.releases_id
        WHERE posting.currency_id = %(currency_id)s
            AND (
                posting.occurred_at < %(ends_at)s
                OR (posting.kind = 'expire' AND posting.occurred_at = %(ends_at)s)
            )
            AND (taken.paid_at IS NULL OR taken.paid_at < %(ends_at)s)
            AND posting.kind NOT IN ('carry_out', 'carry_in', 'send', 'receive')
    ) AS moved
    JOIN origin ON origin.customer_id = moved.customer_id AND origin.id = moved.lot_id
    GROUP BY origin.cohort_on
),
paid AS (
    SELECT
        date_trunc('month', earned.occurred_at AT TIME ZONE %(zone)s::text)::date AS cohort_on,
        sum(earned.money_minor - coalesce(back.minor, 0)) AS minor
    FROM loyalty_posting AS earned
    LEFT JOIN LATERAL (
        SELECT sum(reversal.money_minor) AS minor
        FROM loyalty_posting AS reversal
        WHERE reversal.customer_id = earned.customer_id
            AND reversal.purchase_id = earned.purchase_id
            AND reversal.kind = 'reverse'
            AND reversal.reverses_id = earned.id
            AND reversal.occurred_at < %(ends_at)s
    ) AS back ON earned.purchase_id IS NOT NULL
    WHERE earned.currency_id = %(currency_id)s
        AND earned.kind = 'earn'
        AND earned.money_minor IS NOT NULL
        AND earned.occurred_at < %(ends_at)s
    GROUP BY 1
)
SELECT
    came.cohort_on, came.issued::bigint, coalesce(went.redeemed, 0)::bigint,
    coalesce(went.expired, 0)::bigint, coalesce(went.reversed, 0)::bigint,
    coalesce(paid.minor, 0)::bigint
FROM came
LEFT JOIN went ON went.cohort_on = came.cohort_on
LEFT JOIN paid ON paid.cohort_on = came.cohort_on
ORDER BY came.cohort_on
