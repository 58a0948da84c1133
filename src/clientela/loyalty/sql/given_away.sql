-- What a family gave to others in one currency since the beginning of the day, and of the month.
SELECT
    coalesce(sum(entry.amount) FILTER (WHERE posting.posted_at >= %(day_from)s), 0)::bigint,
    coalesce(sum(entry.amount), 0)::bigint
FROM loyalty_posting AS posting
JOIN loyalty_entry AS entry
    ON entry.customer_id = posting.customer_id AND entry.posting_id = posting.id
WHERE posting.customer_id = ANY (%(family)s) AND posting.posted_at >= %(month_from)s
    AND posting.kind = 'transfer_out' AND posting.currency_id = %(currency_id)s
