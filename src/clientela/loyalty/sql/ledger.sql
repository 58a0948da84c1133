-- Lines of the ledger, newest first, with the running balance. Each member's accounts count together
-- in their currency; what was carried between records of one customer is no line of theirs.
WITH account AS (
    SELECT account.id, account.customer_id, currency.code
    FROM loyalty_account AS account
    JOIN loyalty_currency AS currency ON currency.id = account.currency_id
    WHERE account.customer_id = ANY (%(family)s)
),
line AS (
    SELECT
        entry.id, entry.customer_id, entry.posting_id, account.code,
        CASE WHEN entry.credit_id = entry.account_id THEN entry.amount ELSE -entry.amount END
            AS points
    FROM account
    JOIN loyalty_entry AS entry
        ON entry.customer_id = account.customer_id AND entry.account_id = account.id
),
running AS (
    SELECT *, sum(points) OVER (PARTITION BY code ORDER BY id)::bigint AS balance FROM line
)
SELECT id, posting_id, code, points, balance
FROM running
WHERE (%(before)s::bigint IS NULL OR id < %(before)s::bigint)
    AND NOT EXISTS (
        SELECT FROM loyalty_posting AS posting
        WHERE posting.id = running.posting_id AND posting.customer_id = running.customer_id
            AND posting.kind IN ('carry_out', 'carry_in') AND posting.member_id = ANY (%(family)s)
    )
    AND (%(kinds)s::text[] IS NULL OR EXISTS (
        SELECT FROM loyalty_posting AS posting
        WHERE posting.id = running.posting_id AND posting.customer_id = running.customer_id
            AND posting.kind = ANY (%(kinds)s::text[])
    ))
ORDER BY id DESC
LIMIT %(limit)s
