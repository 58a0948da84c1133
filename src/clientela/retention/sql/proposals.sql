-- What was proposed to a family and what came of it, the newest first.
SELECT
    proposal.id, proposal.shown_at, proposal.place, proposal.wording::text,
    coalesce(outcome.kind, ''), coalesce(outcome.reason, ''), outcome.until_on
FROM retention_proposal AS proposal
LEFT JOIN retention_outcome AS outcome
    ON outcome.customer_id = proposal.customer_id AND outcome.proposal_id = proposal.id
WHERE proposal.customer_id = ANY (%(family)s::uuid[])
    AND (
        %(shown_at)s::timestamptz IS NULL
        OR (proposal.shown_at, proposal.id) < (%(shown_at)s::timestamptz, %(id)s::uuid)
    )
ORDER BY proposal.shown_at DESC, proposal.id DESC
LIMIT %(limit)s
