-- Members behind `after` whose points end from `now` on and before `until`, who were not told of the last
-- of these days, nor of anything after `told_after`: what ends on which day, oldest first. The points of a
-- merged record are those of its survivor.
WITH ending AS MATERIALIZED (
    SELECT
        coalesce(customer.merged_into, customer.id) AS member,
        ((lot.expires_at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date AS last_on,
        sum(lot.remaining - lot.held)::bigint AS points
    FROM loyalty_lot AS lot
    JOIN loyalty_account AS account
        ON account.customer_id = lot.customer_id AND account.id = lot.account_id
        AND account.currency_id = %(currency_id)s
    JOIN customers_customer AS customer ON customer.id = lot.customer_id
    WHERE lot.remaining > lot.held AND lot.expires_at > %(now)s AND lot.expires_at <= %(until)s
        AND (%(after)s::uuid IS NULL OR coalesce(customer.merged_into, customer.id) > %(after)s)
    GROUP BY 1, 2
),
whole AS (
    SELECT
        ending.member,
        sum(ending.points)::bigint AS points,
        max(ending.last_on) AS until_on,
        array_agg(ending.last_on ORDER BY ending.last_on) AS days,
        array_agg(ending.points ORDER BY ending.last_on) AS many
    FROM ending
    GROUP BY ending.member
    HAVING sum(ending.points) >= greatest(%(points_min)s, 1)
)
SELECT whole.member, whole.points, whole.until_on, whole.days, whole.many
FROM whole
WHERE NOT EXISTS (
    SELECT FROM loyalty_noticesent AS sent
    JOIN customers_customer AS told ON told.id = sent.customer_id
    WHERE sent.notice_id = %(notice_id)s
        AND coalesce(told.merged_into, told.id) = whole.member
        AND (sent.day_on > %(told_after)s OR sent.until_on >= whole.until_on)
)
ORDER BY whole.member
LIMIT %(limit)s
