-- Spans are the whole life of an issue: the first begins when it was opened, each begins where the one
-- before ended, the last is open and in the issue's state.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('issue ' || number) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        issue.number,
        coalesce(bool_or(span.gap), true)
            OR min(span.starts_at) <> issue.opened_at
            OR count(*) FILTER (WHERE span.ends_at IS NULL) <> 1
            OR count(*) FILTER (
                WHERE span.ends_at IS NULL
                    AND span.state_id = issue.state_id
                    AND span.category = issue.category
            ) <> 1 AS wrong
    FROM issues_issue AS issue
    LEFT JOIN (
        SELECT
            customer_id, issue_id, starts_at, ends_at, state_id, category,
            coalesce(starts_at <> lag(ends_at) OVER life, false) AS gap
        FROM issues_span
        WINDOW life AS (PARTITION BY customer_id, issue_id ORDER BY starts_at, id)
    ) AS span ON span.customer_id = issue.customer_id AND span.issue_id = issue.id
    GROUP BY issue.customer_id, issue.id
) AS issue
