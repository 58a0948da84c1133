-- An issue that has ended has exactly one standing resolution, one that runs has none.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('issue ' || number) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        issue.number,
        coalesce(standing.count, 0)
            <> CASE WHEN issue.category IN ('resolved', 'closed') THEN 1 ELSE 0 END AS wrong
    FROM issues_issue AS issue
    LEFT JOIN (
        SELECT customer_id, issue_id, count(*) AS count
        FROM issues_resolution
        WHERE undone_at IS NULL
        GROUP BY customer_id, issue_id
    ) AS standing ON standing.customer_id = issue.customer_id AND standing.issue_id = issue.id
) AS issue
