-- Counters of what was earned, counted anew after these postings took points of it back. The accounts
-- are locked.
UPDATE loyalty_limit AS counter
SET used = counted.used
FROM (
    SELECT
        own.id,
        least(own.used, loyalty_counted(own.customer_id, own.cap_id, own.starts_on)) AS used
    FROM loyalty_limit AS own
    JOIN loyalty_cap AS cap ON cap.id = own.cap_id
    JOIN loyalty_currency AS currency ON currency.id = cap.currency_id
    JOIN loyalty_programme AS programme ON programme.code = currency.programme_id
    JOIN loyalty_posting AS earned
        ON earned.customer_id = own.customer_id AND earned.currency_id = cap.currency_id
    WHERE own.customer_id = ANY (%(customers)s::uuid[])
        AND earned.id IN (
            SELECT back.reverses_id FROM loyalty_posting AS back
            WHERE back.id = ANY (%(postings)s::bigint[])
        )
        AND cap.ended_at IS NULL
        AND own.starts_on = CASE cap.period
            WHEN 'ever' THEN date '1970-01-01'
            ELSE date_trunc(cap.period, earned.occurred_at AT TIME ZONE programme.time_zone)::date
        END
    ORDER BY own.id
) AS counted
WHERE counter.id = counted.id AND counter.used <> counted.used
