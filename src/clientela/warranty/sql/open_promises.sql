-- Claims nobody has ended, and warranties that were paid for and still run.
SELECT
    count(*),
    CASE WHEN bool_and(ends_on IS NOT NULL) THEN max(ends_on) END
FROM (
    SELECT NULL::date AS ends_on
    FROM warranty_claim
    WHERE customer_id = ANY (%(family)s::uuid[])
        AND state NOT IN ('rejected', 'closed', 'cancelled')
    UNION ALL
    SELECT policy.ends_on
    FROM warranty_policy AS policy
    WHERE policy.customer_id = ANY (%(family)s::uuid[])
        AND policy.price_minor > 0
        AND policy.ends_on > %(today)s::date
        AND NOT EXISTS (
            SELECT FROM warranty_cancellation AS cancelled
            WHERE cancelled.customer_id = policy.customer_id AND cancelled.policy_id = policy.id
        )
) AS running
