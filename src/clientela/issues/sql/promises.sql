-- A promise is kept, moved or released, one of them at most; a moved one has a successor that names
-- it; what was told to be broken was broken by arithmetic; on an issue it belongs to that customer.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('prm_' || replace(id::text, '-', '')) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        promise.id,
        (promise.kept_at IS NOT NULL AND promise.released_at IS NOT NULL)
            OR (promise.moved_to_id IS NOT NULL AND successor.id IS NULL)
            OR (promise.issue_id IS NOT NULL AND issue.id IS NULL)
            OR (promise.due_at < promise.starts_at)
            OR (promise.broken_told_at IS NOT NULL AND promise.kept_at <= promise.due_at)
            OR (promise.broken_told_at IS NOT NULL AND promise.broken_told_at < promise.due_at)
            OR (promise.paused_at IS NOT NULL
                AND (promise.kept_at IS NOT NULL OR issue.category <> 'paused')) AS wrong
    FROM issues_promise AS promise
    LEFT JOIN issues_promise AS successor
        ON successor.customer_id = promise.customer_id
        AND successor.id = promise.moved_to_id
        AND successor.moved_from_id = promise.id
    LEFT JOIN issues_issue AS issue
        ON issue.customer_id = promise.customer_id AND issue.id = promise.issue_id
) AS promise
