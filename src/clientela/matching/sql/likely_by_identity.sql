-- Who holds these identities: place of the asker, survivor, kind, and whether the identity is shared
-- (marked so, or held by more customers than one household has).
SELECT wanted.place, holder.survivor, wanted.kind, holder.shared
FROM (
    SELECT *
    FROM unnest(%(place)s::integer[], %(kind)s::text[], %(value)s::text[])
        AS row (place, kind, value)
) AS wanted
CROSS JOIN LATERAL (
    SELECT
        few.survivor,
        bool_or(few.shared) OVER () OR count(*) OVER () > %(shared_by)s::integer AS shared
    FROM (
        SELECT
            coalesce(customer.merged_into, customer.id) AS survivor,
            bool_or(coalesce(identity.shared, false)) AS shared
        FROM (
            SELECT key.customer_id, key.kind, key.value_norm
            FROM customers_identitykey AS key
            WHERE key.kind = wanted.kind AND key.value_norm = wanted.value
            LIMIT 50
        ) AS key
        JOIN customers_customer AS customer ON customer.id = key.customer_id
        LEFT JOIN customers_identity AS identity
            ON identity.customer_id = key.customer_id AND identity.kind = key.kind
            AND identity.value_norm = key.value_norm
        GROUP BY 1
    ) AS few
) AS holder
ORDER BY wanted.place, holder.survivor
