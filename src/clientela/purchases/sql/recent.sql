-- What was bought lately, by how many days ago and in which currency; less what was given back.
SELECT
    floor(extract(epoch FROM %(now)s::timestamptz - purchased_at) / 86400)::integer,
    currency,
    count(*),
    sum(total_minor - returned_minor)::bigint
FROM purchases_purchase
WHERE purchased_at > %(now)s::timestamptz - make_interval(days => %(days)s::integer)
    AND purchased_at <= %(now)s::timestamptz
GROUP BY 1, 2
