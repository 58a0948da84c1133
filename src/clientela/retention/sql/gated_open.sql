-- What a decision shows, its trace says was held back by nothing.
SELECT
    count(*)::bigint,
    count(*) FILTER (WHERE NOT checked.is_open)::bigint,
    (array_agg(checked.name) FILTER (WHERE NOT checked.is_open))[1:10]
FROM (
    SELECT
        'prp_' || replace(proposal.id::text, '-', '') AS name,
        EXISTS (
            SELECT FROM jsonb_array_elements(decision.trace -> 'candidates') AS candidate
            WHERE candidate ->> 'offer' = offer.key
                AND (candidate ->> 'place')::int = proposal.place
                AND jsonb_array_length(candidate -> 'held') = 0
        ) AS is_open
    FROM retention_proposal AS proposal
    JOIN retention_offer AS offer ON offer.id = proposal.offer_id
    LEFT JOIN retention_decision AS decision
        ON decision.customer_id = proposal.customer_id AND decision.id = proposal.decision_id
) AS checked
