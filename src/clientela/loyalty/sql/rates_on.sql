-- The rate of exchange that holds for each money on each day: that day's or the last before it that is
-- not too old; of a day that was corrected, the correction.
SELECT wanted.place, rate.id, rate.rate, rate.for_one_home
FROM unnest(%(money)s::text[], %(day)s::date[]) WITH ORDINALITY AS wanted (money, day, place)
CROSS JOIN LATERAL (
    SELECT known.id, known.rate, known.for_one_home
    FROM loyalty_exchangerate AS known
    WHERE known.money = wanted.money AND known.home = %(home)s
        AND known.day <= wanted.day AND known.day > wanted.day - %(valid)s::int
    ORDER BY known.day DESC, known.id DESC
    LIMIT 1
) AS rate
