-- Where customers have no primary identity of a kind any more, the oldest one becomes it.
UPDATE customers_identity AS identity
SET primary_since = %(now)s
WHERE identity.id IN (
    SELECT DISTINCT ON (other.customer_id, other.kind) other.id
    FROM unnest(%(customer_id)s::uuid[], %(kind)s::text[]) AS bereft (customer_id, kind)
    JOIN customers_identity AS other
        ON other.customer_id = bereft.customer_id
        AND other.kind = bereft.kind
        AND other.ended_at IS NULL
    ORDER BY other.customer_id, other.kind, other.id
)
