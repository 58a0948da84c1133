-- Counters of caps, opened with 0 where they are missing.
INSERT INTO loyalty_limit (customer_id, cap_id, starts_on, most)
SELECT row.customer_id, row.cap_id, row.starts_on, row.most
FROM unnest(
    %(customer_id)s::uuid[], %(cap_id)s::bigint[], %(starts_on)s::date[], %(most)s::bigint[]
) AS row (customer_id, cap_id, starts_on, most)
ORDER BY row.customer_id, row.cap_id, row.starts_on
ON CONFLICT DO NOTHING
