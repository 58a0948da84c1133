-- What claims used of policies is what the approved ones pay, and no cap is passed.
WITH booked AS (
    SELECT customer_id, policy_id, claim_id, sum(amount_minor) AS minor
    FROM warranty_limitentry
    GROUP BY customer_id, policy_id, claim_id
),
due AS (
    SELECT line.customer_id, line.policy_id, line.claim_id, sum(line.payable_minor) AS minor
    FROM warranty_claimline AS line
    JOIN warranty_claim AS claim
        ON claim.id = line.claim_id AND claim.customer_id = line.customer_id
    WHERE line.policy_id IS NOT NULL
        AND claim.state NOT IN ('submitted', 'rejected', 'cancelled')
    GROUP BY line.customer_id, line.policy_id, line.claim_id
),
compared AS (
    SELECT
        'clm_' || replace(coalesce(booked.claim_id, due.claim_id)::text, '-', '') AS example,
        coalesce(booked.minor, 0) <> coalesce(due.minor, 0) AS is_wrong
    FROM booked
    FULL JOIN due
        ON due.customer_id = booked.customer_id AND due.policy_id = booked.policy_id
        AND due.claim_id = booked.claim_id
    UNION ALL
    SELECT 'pol_' || replace(policy.id::text, '-', ''), sum(booked.minor) > money.amount_minor
    FROM booked
    JOIN warranty_policy AS policy
        ON policy.id = booked.policy_id AND policy.customer_id = booked.customer_id
    JOIN warranty_moneylimit AS money
        ON money.terms_id = policy.terms_id AND money.kind = 'cap' AND money.per = 'lifetime'
    GROUP BY policy.id, money.amount_minor
)
SELECT
    count(*),
    count(*) FILTER (WHERE is_wrong),
    (array_agg(example) FILTER (WHERE is_wrong))[1:10]
FROM compared
