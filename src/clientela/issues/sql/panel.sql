-- Open issues of a family, what is due first at the top, each with what is promised on it.
CREATE OR REPLACE FUNCTION issues_panel(family uuid[], today date, now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'id', 'iss_' || replace(issue.id::text, '-', ''),
            'number', issue.number,
            'subject', issue.subject,
            'state', issue.state_id,
            'labels', issue.labels,
            'category', issue.category,
            'priority', issue.priority,
            'opened_at', issue.opened_at,
            'holding', CASE WHEN issue.holding_id IS NOT NULL
                THEN 'hol_' || replace(issue.holding_id::text, '-', '') END,
            'product', issue.product,
            'owner', issue.owner,
            'queue', issue.queue,
            'complaint', issue.complaint_at IS NOT NULL,
            'promise', promised.list -> 0,
            'promises', coalesce(promised.list, '[]')
        ) ORDER BY issue.next_due_at NULLS LAST, issue.id), '[]')
        FROM (
            SELECT
                issue.*, state.labels, product.name AS product, person.name AS owner,
                queue.labels AS queue
            FROM issues_issue AS issue
            JOIN issues_state AS state ON state.key = issue.state_id
            JOIN issues_queue AS queue ON queue.id = issue.queue_id
            LEFT JOIN products_product AS product ON product.id = issue.product_id
            LEFT JOIN staff_person AS person ON person.id = issue.owner_id
            WHERE issue.customer_id = ANY (family) AND issue.category IN ('open', 'paused')
            ORDER BY issue.next_due_at NULLS LAST, issue.id
            LIMIT 50
        ) AS issue
        CROSS JOIN LATERAL (
            SELECT json_agg(json_build_object(
                'id', 'prm_' || replace(running.id::text, '-', ''),
                'kind', running.kind,
                'words', coalesce(nullif(running.words, ''), replace(running.kind, '_', ' ')),
                'starts_at', running.starts_at,
                'due_at', running.due_at,
                'paused_at', running.paused_at,
                'late_seconds', CASE WHEN running.paused_at IS NULL AND running.due_at < now
                    THEN extract(epoch FROM now - running.due_at)::bigint END
            ) ORDER BY running.paused_at IS NOT NULL, running.due_at, running.id) AS list
            FROM (
                SELECT promise.*
                FROM issues_promise AS promise
                WHERE promise.customer_id = issue.customer_id
                    AND promise.issue_id = issue.id
                    AND promise.kept_at IS NULL
                    AND promise.released_at IS NULL
                ORDER BY promise.paused_at IS NOT NULL, promise.due_at, promise.id
                LIMIT 5
            ) AS running
        ) AS promised
    );
END
$$;
