-- Purchases that waited for a rate of exchange of their day and have one now, held until they are booked.
SELECT wanted.id
FROM loyalty_ratewanted AS wanted
WHERE wanted.ended_at IS NULL AND wanted.currency_id = ANY (%(currencies)s::bigint[])
    AND EXISTS (
        SELECT FROM loyalty_exchangerate AS rate
        WHERE rate.money = wanted.money AND rate.home = wanted.home
            AND rate.day <= wanted.day AND rate.day > wanted.day - %(valid)s::int
    )
ORDER BY wanted.id
LIMIT %(limit)s
FOR UPDATE OF wanted SKIP LOCKED
