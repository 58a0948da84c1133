-- Which of these customers, or an alias merged into them, stand under one of these restrictions.
SELECT asked.id
FROM unnest(%(customers)s::uuid[]) AS asked (id)
WHERE EXISTS (
    SELECT FROM privacy_restriction AS restriction
    WHERE restriction.customer_id = asked.id
        AND restriction.lifted_at IS NULL
        AND restriction.kind = ANY (%(kinds)s::text[])
) OR EXISTS (
    SELECT FROM customers_customer AS alias
    JOIN privacy_restriction AS restriction ON restriction.customer_id = alias.id
    WHERE alias.merged_into = asked.id
        AND restriction.lifted_at IS NULL
        AND restriction.kind = ANY (%(kinds)s::text[])
)
