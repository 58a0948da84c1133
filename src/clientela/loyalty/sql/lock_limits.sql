-- Counters of caps, locked in order of their id, and what was used of each: by the customer, and by
-- records merged into theirs.
SELECT
    counter.customer_id, counter.cap_id, counter.starts_on, counter.id, counter.used,
    coalesce((
        SELECT sum(other.used)
        FROM customers_customer AS alias
        JOIN loyalty_limit AS other
            ON other.customer_id = alias.id AND other.cap_id = counter.cap_id
            AND other.starts_on = counter.starts_on
        WHERE alias.merged_into = counter.customer_id
    ), 0)::bigint
FROM unnest(%(customer_id)s::uuid[], %(cap_id)s::bigint[], %(starts_on)s::date[])
    AS row (customer_id, cap_id, starts_on)
JOIN loyalty_limit AS counter
    ON counter.customer_id = row.customer_id AND counter.cap_id = row.cap_id
    AND counter.starts_on = row.starts_on
ORDER BY counter.id
FOR NO KEY UPDATE OF counter
