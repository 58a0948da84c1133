-- Each entry is what its posting did to lots: what was given is the lots that were made, and what was given
-- back to others; what was taken was taken from lots. Only what a return took beyond the lots, less what
-- was paid of it and what was forgiven, is the debt of the account.
WITH line AS MATERIALIZED (
    SELECT
        entry.posting_id, entry.customer_id, entry.account_id, entry.amount, posting.kind,
        entry.credit_id = entry.account_id AS is_given,
        coalesce(made.points, 0) + coalesce(moved.given, 0) AS given,
        coalesce(moved.taken, 0) AS taken
    FROM loyalty_entry AS entry
    JOIN loyalty_posting AS posting
        ON posting.id = entry.posting_id AND posting.customer_id = entry.customer_id
    LEFT JOIN (
        SELECT customer_id, posting_id, sum(amount) AS points
        FROM loyalty_lot
        GROUP BY customer_id, posting_id
    ) AS made ON made.customer_id = posting.customer_id AND made.posting_id = posting.id
    LEFT JOIN (
        SELECT
            customer_id, posting_id,
            sum(amount) FILTER (WHERE releases_id IS NULL) AS taken,
            sum(amount) FILTER (WHERE releases_id IS NOT NULL) AS given
        FROM loyalty_allocation
        GROUP BY customer_id, posting_id
    ) AS moved ON moved.customer_id = posting.customer_id AND moved.posting_id = posting.id
)
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg(what) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        'pos_' || line.posting_id AS what,
        CASE
            WHEN line.kind = 'forgive' THEN line.given + line.taken > 0
            WHEN line.kind = 'reverse' THEN line.taken > line.amount
            WHEN line.is_given THEN line.given <> line.amount
            ELSE line.taken <> line.amount
        END AS wrong
    FROM line
    UNION ALL
    SELECT 'account ' || account.id, account.debt <> coalesce(beyond.points, 0)
    FROM loyalty_account AS account
    LEFT JOIN (
        SELECT
            line.customer_id, line.account_id,
            sum(CASE
                WHEN line.is_given THEN line.given - line.taken - line.amount
                ELSE line.amount - line.taken
            END) AS points
        FROM line
        GROUP BY line.customer_id, line.account_id
    ) AS beyond ON beyond.customer_id = account.customer_id AND beyond.account_id = account.id
) AS checked
