-- Each entry is what its posting did to lots: an earning is its lot, a redemption or an expiry what was
-- taken from lots, a reversal what was given back to them, points carried in the lots made or filled. What a return took beyond the lots is the debt
-- of the account, less what was paid of it.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg(what) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        'pos_' || entry.posting_id AS what,
        entry.amount <> CASE posting.kind
            WHEN 'earn' THEN lot.amount
            WHEN 'grant' THEN lot.amount
            WHEN 'restore' THEN moved.given
            WHEN 'reverse' THEN entry.amount
            WHEN 'carry_in' THEN coalesce(lot.amount, 0) + coalesce(moved.given, 0)
            ELSE moved.taken
        END AS wrong
    FROM loyalty_entry AS entry
    JOIN loyalty_posting AS posting
        ON posting.id = entry.posting_id AND posting.customer_id = entry.customer_id
    LEFT JOIN (
        SELECT customer_id, posting_id, sum(amount) AS amount
        FROM loyalty_lot
        GROUP BY customer_id, posting_id
    ) AS lot ON lot.customer_id = posting.customer_id AND lot.posting_id = posting.id
    LEFT JOIN (
        SELECT
            customer_id, posting_id,
            coalesce(sum(amount) FILTER (WHERE releases_id IS NULL), 0) AS taken,
            coalesce(sum(amount) FILTER (WHERE releases_id IS NOT NULL), 0) AS given
        FROM loyalty_allocation
        GROUP BY customer_id, posting_id
    ) AS moved ON moved.customer_id = posting.customer_id AND moved.posting_id = posting.id
    UNION ALL
    SELECT 'account ' || account.id, account.debt <> coalesce(beyond.points, 0)
    FROM loyalty_account AS account
    LEFT JOIN (
        SELECT
            entry.customer_id, entry.account_id,
            sum(CASE WHEN posting.kind = 'reverse' THEN entry.amount ELSE 0 END)
                - sum(coalesce(taken.points, 0)) AS points
        FROM loyalty_entry AS entry
        JOIN loyalty_posting AS posting
            ON posting.id = entry.posting_id AND posting.customer_id = entry.customer_id
            AND posting.kind IN ('earn', 'grant', 'reverse', 'restore')
        LEFT JOIN (
            SELECT customer_id, posting_id, sum(amount) AS points
            FROM loyalty_allocation
            WHERE releases_id IS NULL
            GROUP BY customer_id, posting_id
        ) AS taken ON taken.customer_id = posting.customer_id AND taken.posting_id = posting.id
        GROUP BY entry.customer_id, entry.account_id
    ) AS beyond ON beyond.customer_id = account.customer_id AND beyond.account_id = account.id
) AS checked
