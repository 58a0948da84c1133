-- No line of a claim pays more than was claimed, and its parts add up; the decision is their sum.
WITH judged AS (
    SELECT
        claim.id,
        bool_or(line.payable_minor > line.claimed_minor OR line.covered_minor
            <> line.deductible_minor + line.capped_minor + line.payable_minor)
            OR sum(line.payable_minor) <> coalesce((
                SELECT decision.authorised_minor
                FROM warranty_claimdecision AS decision
                WHERE decision.customer_id = claim.customer_id AND decision.claim_id = claim.id
                ORDER BY decision.version DESC
                LIMIT 1
            ), 0) AS is_wrong
    FROM warranty_claim AS claim
    JOIN warranty_claimline AS line
        ON line.claim_id = claim.id AND line.customer_id = claim.customer_id
    GROUP BY claim.customer_id, claim.id
)
SELECT
    count(*),
    count(*) FILTER (WHERE is_wrong),
    (array_agg('clm_' || replace(id::text, '-', '')) FILTER (WHERE is_wrong))[1:10]
FROM judged
