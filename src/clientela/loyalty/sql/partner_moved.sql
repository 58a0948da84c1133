-- What was moved to a partner's account in the ledger in a span, less what it gave.
SELECT coalesce(sum(
    CASE WHEN entry.credit_id = %(account)s THEN entry.amount ELSE -entry.amount END
), 0)::bigint
FROM loyalty_entry AS entry
JOIN loyalty_posting AS posting
    ON posting.customer_id = entry.customer_id AND posting.id = entry.posting_id
WHERE least(entry.credit_id, entry.debit_id) = %(account)s
    AND posting.posted_at >= %(starts_at)s AND posting.posted_at < %(ends_at)s
