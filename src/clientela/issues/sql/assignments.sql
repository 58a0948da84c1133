-- Somebody answers for every issue: its one open assignment names its queue and owner, and what is
-- promised on it is owed by that owner, or else by the queue.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('issue ' || number) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        issue.number,
        assignment.id IS NULL
            OR assignment.queue_id <> issue.queue_id
            OR assignment.owner_id IS DISTINCT FROM issue.owner_id
            OR EXISTS (
                SELECT FROM issues_promise AS promise
                WHERE promise.customer_id = issue.customer_id
                    AND promise.issue_id = issue.id
                    AND promise.kept_at IS NULL
                    AND promise.released_at IS NULL
                    AND promise.owed_by = ''
            ) AS wrong
    FROM issues_issue AS issue
    LEFT JOIN issues_assignment AS assignment
        ON assignment.customer_id = issue.customer_id
        AND assignment.issue_id = issue.id
        AND assignment.ends_at IS NULL
) AS issue
