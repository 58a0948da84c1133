-- "Later" names a day, and "not interested" a reason.
SELECT
    count(*)::bigint,
    count(*) FILTER (WHERE (outcome.kind = 'later' AND outcome.until_on IS NULL)
        OR (outcome.kind = 'not_interested' AND outcome.reason = ''))::bigint,
    (array_agg('prp_' || replace(outcome.proposal_id::text, '-', ''))
        FILTER (WHERE (outcome.kind = 'later' AND outcome.until_on IS NULL)
            OR (outcome.kind = 'not_interested' AND outcome.reason = '')))[1:10]
FROM retention_outcome AS outcome
WHERE outcome.kind IN ('later', 'not_interested')
