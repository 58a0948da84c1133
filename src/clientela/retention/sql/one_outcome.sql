-- A proposal has one outcome, and an outcome is of a proposal of the same offer and customer.
SELECT
    count(*)::bigint,
    count(*) FILTER (WHERE proposal.id IS NULL OR checked.times > 1)::bigint,
    (array_agg('prp_' || replace(checked.proposal_id::text, '-', ''))
        FILTER (WHERE proposal.id IS NULL OR checked.times > 1))[1:10]
FROM (
    SELECT outcome.*, count(*) OVER (PARTITION BY outcome.proposal_id) AS times
    FROM retention_outcome AS outcome
) AS checked
LEFT JOIN retention_proposal AS proposal
    ON proposal.customer_id = checked.customer_id
    AND proposal.id = checked.proposal_id
    AND proposal.offer_id = checked.offer_id
