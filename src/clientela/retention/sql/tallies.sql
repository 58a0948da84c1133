-- How often each offer was answered by customers, and how often accepted.
SELECT
    outcome.offer_id,
    count(*) FILTER (WHERE outcome.kind = 'accepted') AS accepted,
    count(*) AS answered
FROM retention_outcome AS outcome
WHERE outcome.kind IN ('accepted', 'later', 'not_interested')
GROUP BY outcome.offer_id
