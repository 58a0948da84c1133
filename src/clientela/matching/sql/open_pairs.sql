-- Pairs that wait for a decision, most alike first: between records that stand for two customers today
-- and that nobody told apart. The two sides are the survivors.
SELECT
    pair.id, pair.probability, pair.weakest, pair.parts, pair.grade, pair.origin, pair.cluster_id,
    pair.found_at, coalesce(low.merged_into, low.id), coalesce(high.merged_into, high.id)
FROM matching_pair AS pair
JOIN customers_customer AS low ON low.id = pair.customer_id
JOIN customers_customer AS high ON high.id = pair.other_id
WHERE pair.is_open
    AND (pair.later_until IS NULL OR pair.later_until <= %(now)s)
    AND (%(id)s::uuid IS NULL OR pair.id = %(id)s::uuid)
    AND (%(grade)s::text = '' OR pair.grade = %(grade)s::text)
    AND pair.probability >= %(least)s::float8
    AND (
        %(before)s::float8 IS NULL
        OR pair.probability < %(before)s::float8
        OR (pair.probability = %(before)s::float8 AND pair.id > %(before_id)s::uuid)
    )
    AND (
        %(branches)s::text[] IS NULL AND %(restricted)s
        OR customers_is_seen(low.id, %(branches)s::text[], %(person)s::uuid, %(restricted)s)
    )
    AND (
        %(branches)s::text[] IS NULL AND %(restricted)s
        OR customers_is_seen(high.id, %(branches)s::text[], %(person)s::uuid, %(restricted)s)
    )
    AND coalesce(low.merged_into, low.id) <> coalesce(high.merged_into, high.id)
    AND NOT matching_told_apart(low.id, high.id)
ORDER BY pair.probability DESC, pair.id
LIMIT %(limit)s
