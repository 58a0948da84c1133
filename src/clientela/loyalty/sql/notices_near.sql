-- Members of a currency behind `after`, and whether this notice told them anything after `told_after`. With
-- `moved_since` only those who earned or used points since, with `points_min` only who can use so many.
SELECT
    members.member,
    EXISTS (
        SELECT FROM loyalty_noticesent AS sent
        JOIN customers_customer AS told ON told.id = sent.customer_id
        WHERE sent.notice_id = %(notice_id)s AND sent.day_on > %(told_after)s
            AND coalesce(told.merged_into, told.id) = members.member
    )
FROM (
    SELECT account.customer_id AS member
    FROM loyalty_account AS account
    JOIN customers_customer AS customer
        ON customer.id = account.customer_id
        AND customer.merged_into IS NULL AND customer.hidden_since IS NULL
    WHERE account.currency_id = %(currency_id)s AND account.kind = 'own'
        AND (%(after)s::uuid IS NULL OR account.customer_id > %(after)s)
        AND (%(moved_since)s::timestamptz IS NULL OR EXISTS (
            SELECT FROM loyalty_posting AS posting
            WHERE posting.customer_id = account.customer_id AND posting.posted_at >= %(moved_since)s
        ))
        AND (%(points_min)s::bigint = 0
            OR account.posted - account.pending - account.held >= %(points_min)s::bigint)
    ORDER BY account.customer_id
    LIMIT %(limit)s
) AS members
ORDER BY members.member
