-- Calls that are over have an end not before their start, and the others have none; an answered one
-- was answered in between.
SELECT
    count(*),
    count(*) FILTER (WHERE is_wrong),
    (array_agg('cal_' || replace(id::text, '-', '')) FILTER (WHERE is_wrong))[1:10]
FROM (
    SELECT
        id,
        (state IN ('ended', 'missed')) <> (ended_at IS NOT NULL)
            OR coalesce(ended_at < started_at, false)
            OR coalesce(answered_at > ended_at, false)
            OR (state = 'missed' AND answered_at IS NOT NULL) AS is_wrong
    FROM calls_call
) AS call
