-- Two issues of each customer: an open one about the appliance, with a promise that runs and one that was
-- kept, and one that is resolved.
INSERT INTO issues_issue (
    id, customer_id, number, subject, search, about, holding_id, product_id, category, priority, channel,
    opened_at, opened_by, recorded_at, updated_at, next_due_at, version, queue_id, state_id
)
SELECT
    bench.id(8, n * 2 + place), bench.id(1, n), 1000 + n * 2 + place,
    CASE place WHEN 0 THEN 'The door does not close' ELSE 'Where is my invoice' END, '',
    CASE place WHEN 0 THEN 'holding' ELSE 'nothing' END, CASE place WHEN 0 THEN bench.id(3, n * 2) END,
    CASE place WHEN 0 THEN bench.id(7, 1 + n % 20) END,
    CASE place WHEN 0 THEN 'open' ELSE 'resolved' END, 3, 'phone', bench.instant(n, {size}),
    'key_bench', bench.instant(n, {size}), bench.instant(n, {size}),
    CASE place WHEN 0 THEN '{now}'::timestamptz + interval '1 day' END, 1, queue.id,
    CASE place WHEN 0 THEN 'open' ELSE 'resolved' END
FROM generate_series(1, {size}) AS n
CROSS JOIN generate_series(0, 1) AS place
CROSS JOIN (SELECT id FROM issues_queue WHERE is_default LIMIT 1) AS queue;

INSERT INTO issues_promise (
    id, customer_id, issue_id, kind, words, made_by, owed_by, made_at, starts_at, due_at, kept_at, kept_by
)
SELECT
    bench.id(9, n * 2 + place), bench.id(1, n), bench.id(8, n * 2), 'manual',
    CASE place WHEN 0 THEN 'The workshop rings back' ELSE 'Ask the maker for the part' END, 'key_bench',
    'key_bench', bench.instant(n, {size}), bench.instant(n, {size}),
    '{now}'::timestamptz + interval '1 day' * CASE place WHEN 0 THEN 1 ELSE -1 END,
    CASE place WHEN 1 THEN bench.instant(n, {size}) END, CASE place WHEN 1 THEN 'key_bench' ELSE '' END
FROM generate_series(1, {size}) AS n
CROSS JOIN generate_series(0, 1) AS place;
