-- The day on which each of these customers came: the earliest of the records that are theirs.
SELECT own.id, min(other.known_since)
FROM customers_customer AS own
JOIN customers_customer AS other
    ON other.id = coalesce(own.merged_into, own.id)
    OR other.merged_into = coalesce(own.merged_into, own.id)
WHERE own.id = ANY (%(customer_id)s::uuid[])
GROUP BY own.id
