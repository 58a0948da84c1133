-- Which customer each reference means: kind is id, external (with its source), or an identity's kind.
-- One row per reference that is known: its place, how many survivors it may mean, the first of them.
SELECT
    reference.place,
    count(DISTINCT coalesce(customer.merged_into, customer.id)) AS survivors,
    min(coalesce(customer.merged_into, customer.id)::text)::uuid AS survivor,
    coalesce(
        min(customer.id::text) FILTER (WHERE customer.merged_into IS NULL), min(customer.id::text)
    )::uuid AS named
FROM unnest(
    %(kind)s::text[], %(source)s::text[], %(value)s::text[]
) WITH ORDINALITY AS reference (kind, source, value, place)
CROSS JOIN LATERAL (
    SELECT external.customer_id
    FROM customers_externalid AS external
    WHERE reference.kind = 'external'
        AND external.source = reference.source
        AND external.external_id = reference.value
    UNION ALL
    SELECT key.customer_id
    FROM customers_identitykey AS key
    WHERE key.kind = reference.kind
        AND key.value_norm = reference.value
        AND key.kind <> ALL (%(unsought)s::text[])
    UNION ALL
    SELECT reference.value::uuid
    WHERE reference.kind = 'id'
) AS found
JOIN customers_customer AS customer ON customer.id = found.customer_id
WHERE (
    %(branches)s::text[] IS NULL AND %(restricted)s
    OR customers_is_seen(customer.id, %(branches)s::text[], %(person)s::uuid, %(restricted)s)
)
GROUP BY reference.place
