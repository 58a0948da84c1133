-- Counters of caps in force are what postings of their period used, up to the most: what was booked before a cap
-- was known may be more.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('limit ' || id) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        counter.id,
        counter.used <> least(
            counter.most, loyalty_counted(counter.customer_id, counter.cap_id, counter.starts_on)
        ) AS wrong
    FROM loyalty_limit AS counter
    JOIN loyalty_cap AS cap ON cap.id = counter.cap_id
    WHERE cap.ended_at IS NULL
) AS counter
