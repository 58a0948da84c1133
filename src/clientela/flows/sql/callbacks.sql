-- While issues are on, a missed call of a known customer has a promise to call back that ran when it
-- was missed or was made for it. Calls from before issues were last switched on are not looked at.
WITH off AS (
    SELECT value, changed_at
    FROM staff_setting
    WHERE name = 'company.off'
    ORDER BY id DESC
    LIMIT 1
),
missed AS (
    SELECT call.id, call.ended_at, coalesce(customer.merged_into, customer.id) AS customer_id
    FROM calls_call AS call
    JOIN calls_customercall AS named ON named.call_id = call.id AND named.named_at <= call.ended_at
    JOIN customers_customer AS customer ON customer.id = named.customer_id
    LEFT JOIN off ON true
    WHERE call.state = 'missed'
        AND (off.value IS NULL OR (NOT off.value ? 'issues' AND off.changed_at < call.ended_at))
),
judged AS (
    SELECT missed.id, NOT EXISTS (
        SELECT
        FROM issues_promise AS promise
        JOIN customers_customer AS customer ON customer.id = promise.customer_id
        WHERE promise.kind = 'callback'
            AND coalesce(customer.merged_into, customer.id) = missed.customer_id
            AND (
                promise.call_id = missed.id
                OR (
                    promise.made_at <= missed.ended_at
                    AND coalesce(promise.kept_at, promise.released_at, 'infinity') >= missed.ended_at
                )
            )
    ) AS is_wrong
    FROM missed
)
SELECT
    count(*),
    count(*) FILTER (WHERE is_wrong),
    (array_agg('cal_' || replace(id::text, '-', '')) FILTER (WHERE is_wrong))[1:10]
FROM judged
