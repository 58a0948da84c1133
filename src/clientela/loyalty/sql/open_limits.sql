-- Counters of caps, opened where they are missing. What was booked at the same time as a cap was set may not
-- have known it, and counts all the same, up to the most: it is counted when the counter is opened in the hour
-- after. The accounts are locked.
INSERT INTO loyalty_limit (customer_id, cap_id, starts_on, most, used)
SELECT
    row.customer_id, row.cap_id, row.starts_on, row.most,
    CASE
        WHEN cap.made_at > %(now)s::timestamptz - interval '1 hour'
            THEN least(row.most, loyalty_counted(row.customer_id, row.cap_id, row.starts_on))
        ELSE 0
    END
FROM unnest(
    %(customer_id)s::uuid[], %(cap_id)s::bigint[], %(starts_on)s::date[], %(most)s::bigint[]
) AS row (customer_id, cap_id, starts_on, most)
JOIN loyalty_cap AS cap ON cap.id = row.cap_id
WHERE NOT EXISTS (
    SELECT FROM loyalty_limit AS own
    WHERE own.customer_id = row.customer_id AND own.cap_id = row.cap_id
        AND own.starts_on = row.starts_on
)
ORDER BY row.customer_id, row.cap_id, row.starts_on
ON CONFLICT DO NOTHING
