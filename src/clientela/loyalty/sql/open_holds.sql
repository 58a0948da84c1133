-- Points set aside for a pay-out or a journey that nobody has decided.
SELECT count(*), NULL::date
FROM loyalty_hold AS hold
WHERE hold.customer_id = ANY (%(family)s::uuid[])
    AND %(today)s::date IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM loyalty_holdend AS ended
        WHERE ended.customer_id = hold.customer_id AND ended.hold_id = hold.id
    )
