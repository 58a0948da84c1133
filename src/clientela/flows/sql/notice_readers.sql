-- Of members their records, the survivor first; the address letters go to, the primary one, else the one known
-- longest; their language, and whether they are made up.
SELECT
    member.id, ARRAY[root.id] || records.aliases, member.language, member.is_demo, address.value_shown
FROM customers_customer AS member
JOIN customers_customer AS root ON root.id = coalesce(member.merged_into, member.id)
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(alias.id ORDER BY alias.id), '{}') AS aliases
    FROM customers_customer AS alias
    WHERE alias.merged_into = root.id
) AS records
LEFT JOIN LATERAL (
    SELECT identity.value_shown
    FROM customers_identity AS identity
    WHERE identity.customer_id = ANY (ARRAY[root.id] || records.aliases)
        AND identity.kind = 'email' AND identity.ended_at IS NULL
        AND NOT identity.kind = ANY (%(unshown)s::text[])
    ORDER BY identity.primary_since IS NULL, identity.id
    LIMIT 1
) AS address ON true
WHERE member.id = ANY (%(members)s::uuid[])
