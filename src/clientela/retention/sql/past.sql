-- What a family has seen of each offer: the days on which it was shown without an acceptance since,
-- the last outcome, and whether an acceptance is still under way.
WITH accepted AS (
    SELECT outcome.offer_id, max(outcome.recorded_at) AS last_at
    FROM retention_outcome AS outcome
    WHERE outcome.customer_id = ANY (%(family)s::uuid[]) AND outcome.kind = 'accepted'
    GROUP BY outcome.offer_id
), shown AS (
    SELECT
        proposal.offer_id,
        array_agg(DISTINCT (proposal.shown_at AT TIME ZONE %(zone)s)::date) AS days
    FROM retention_proposal AS proposal
    LEFT JOIN accepted ON accepted.offer_id = proposal.offer_id
    LEFT JOIN retention_outcome AS outcome
        ON outcome.customer_id = proposal.customer_id AND outcome.proposal_id = proposal.id
    WHERE proposal.customer_id = ANY (%(family)s::uuid[])
        AND proposal.shown_at > %(since)s::timestamptz
        AND (accepted.last_at IS NULL OR proposal.shown_at > accepted.last_at)
        AND (outcome.id IS NULL OR outcome.kind IN ('later', 'not_interested'))
    GROUP BY proposal.offer_id
), said AS (
    SELECT DISTINCT ON (outcome.offer_id)
        outcome.offer_id, outcome.kind,
        (outcome.recorded_at AT TIME ZONE %(zone)s)::date AS said_on, outcome.until_on
    FROM retention_outcome AS outcome
    WHERE outcome.customer_id = ANY (%(family)s::uuid[]) AND outcome.kind <> 'not_presented'
    ORDER BY outcome.offer_id, outcome.recorded_at DESC, outcome.id DESC
), followed AS (
    SELECT DISTINCT lead.offer_id
    FROM retention_lead AS lead
    WHERE lead.customer_id = ANY (%(family)s::uuid[]) AND lead.closed_at IS NULL
)
SELECT
    offer_id, shown.days, said.kind, said.said_on, said.until_on,
    followed.offer_id IS NOT NULL AS has_open_lead
FROM shown
FULL JOIN said USING (offer_id)
FULL JOIN followed USING (offer_id)
