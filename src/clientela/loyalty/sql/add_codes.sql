-- Codes for a pool that nobody has yet, neither a pool nor a customer; those that were written.
INSERT INTO loyalty_poolcode (number_norm, pool_id, uses, uses_max)
SELECT incoming.number_norm, %(pool)s, 0, %(uses_max)s
FROM unnest(%(number_norm)s::text[]) AS incoming (number_norm)
WHERE NOT EXISTS (
    SELECT FROM loyalty_couponkey AS given WHERE given.number_norm = incoming.number_norm
)
ORDER BY incoming.number_norm
ON CONFLICT DO NOTHING
RETURNING number_norm
