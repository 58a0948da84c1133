-- Of a stack one policy runs at a time on a unit; a cancelled one leaves its place.
WITH running AS (
    SELECT
        policy.id, policy.starts_on,
        lag(least(policy.ends_on, cancellation.effective_on)) OVER (
            PARTITION BY policy.customer_id, policy.holding_id, policy.stack ORDER BY policy.sequence
        ) AS former_ends_on
    FROM warranty_policy AS policy
    LEFT JOIN warranty_cancellation AS cancellation
        ON cancellation.customer_id = policy.customer_id AND cancellation.policy_id = policy.id
)
SELECT
    count(*),
    count(*) FILTER (WHERE starts_on < former_ends_on - 1),
    (array_agg('pol_' || replace(id::text, '-', ''))
        FILTER (WHERE starts_on < former_ends_on - 1))[1:10]
FROM running
