-- A claim that is settled has a decision, a remedy and a settlement of what was decided; one that was
-- approved or rejected has its decision.
WITH judged AS (
    SELECT
        claim.id,
        claim.state NOT IN ('submitted', 'cancelled') AND decision.id IS NULL
            OR claim.state IN ('settled', 'closed') AND (
                settlement.id IS NULL OR remedy.id IS NULL
                OR settlement.paid_minor <> decision.authorised_minor
            ) AS is_wrong
    FROM warranty_claim AS claim
    LEFT JOIN LATERAL (
        SELECT decision.id, decision.authorised_minor
        FROM warranty_claimdecision AS decision
        WHERE decision.customer_id = claim.customer_id AND decision.claim_id = claim.id
        ORDER BY decision.version DESC
        LIMIT 1
    ) AS decision ON true
    LEFT JOIN warranty_settlement AS settlement
        ON settlement.customer_id = claim.customer_id AND settlement.decision_id = decision.id
    LEFT JOIN warranty_remedy AS remedy
        ON remedy.customer_id = claim.customer_id AND remedy.claim_id = claim.id
)
SELECT
    count(*),
    count(*) FILTER (WHERE is_wrong),
    (array_agg('clm_' || replace(id::text, '-', '')) FILTER (WHERE is_wrong))[1:10]
FROM judged
