-- Every issue is found by its number, and the number leads to it.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('issue ' || number) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        issue.number,
        key.number IS NULL
            OR key.issue_id <> issue.id
            OR key.customer_id <> issue.customer_id AS wrong
    FROM issues_issue AS issue
    LEFT JOIN issues_issuekey AS key ON key.number = issue.number
) AS issue
