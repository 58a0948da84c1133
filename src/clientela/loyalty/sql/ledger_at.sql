-- What the entries of a currency come to at an instant, and what customers owed in points then: taken back
-- beyond what they had, less what they paid since.
SELECT
    coalesce((
        SELECT sum(CASE WHEN entry.credit_id = entry.account_id THEN entry.amount
            ELSE -entry.amount END)
        FROM loyalty_entry AS entry
        JOIN loyalty_posting AS posting
            ON posting.customer_id = entry.customer_id AND posting.id = entry.posting_id
        WHERE posting.currency_id = %(currency_id)s
            AND (
                posting.occurred_at < %(ends_at)s
                OR (posting.kind = 'expire' AND posting.occurred_at = %(ends_at)s)
            )
    ), 0)::bigint,
    coalesce((
        SELECT sum(
            CASE WHEN entry.debit_id = entry.account_id
                THEN entry.amount - coalesce(taken.amount, 0) ELSE -coalesce(taken.amount, 0) END
        )
        FROM loyalty_posting AS posting
        JOIN loyalty_entry AS entry
            ON entry.customer_id = posting.customer_id AND entry.posting_id = posting.id
        LEFT JOIN LATERAL (
            SELECT sum(allocation.amount) AS amount
            FROM loyalty_allocation AS allocation
            WHERE allocation.customer_id = posting.customer_id
                AND allocation.posting_id = posting.id
                AND allocation.releases_id IS NULL
                AND (allocation.paid_at IS NULL OR allocation.paid_at < %(ends_at)s)
        ) AS taken ON true
        WHERE posting.currency_id = %(currency_id)s
            AND (
                posting.occurred_at < %(ends_at)s
                OR (posting.kind = 'expire' AND posting.occurred_at = %(ends_at)s)
            )
    ), 0)::bigint
