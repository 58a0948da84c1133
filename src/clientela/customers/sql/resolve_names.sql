-- Which customer each name of another system means, as `resolve.sql` says of any reference: a name has one
-- customer at most. One row per name that is known.
SELECT
    reference.place, 1 AS survivors, coalesce(customer.merged_into, customer.id) AS survivor,
    customer.id AS named
FROM unnest(%(source)s::text[], %(value)s::text[])
    WITH ORDINALITY AS reference (source, value, place)
JOIN customers_externalid AS external
    ON external.source = reference.source AND external.external_id = reference.value
JOIN customers_customer AS customer ON customer.id = external.customer_id
WHERE (
    %(branches)s::text[] IS NULL AND %(restricted)s
    OR customers_is_seen(customer.id, %(branches)s::text[], %(person)s::uuid, %(restricted)s)
)
