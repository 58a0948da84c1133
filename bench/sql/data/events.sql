-- The log of all this, in the order of time.
INSERT INTO events_event (
    id, occurred_at, recorded_at, name, customer_id, subject, actor, request, data
)
SELECT
    n * 3 - 2 + place, bench.instant(n, {size}), bench.instant(n, {size}),
    CASE place WHEN 0 THEN 'customer.registered' ELSE 'holding.opened' END, bench.id(1, n),
    CASE place WHEN 0 THEN bench.public('cus', bench.id(1, n))
        ELSE bench.public('hol', bench.id(3, n * 2 + place - 1)) END,
    'system', '', CASE place WHEN 0 THEN '{"source": "crm"}' ELSE '{"product": "Fridge 300"}' END::jsonb
FROM generate_series(1, {size}) AS n
CROSS JOIN generate_series(0, 2) AS place;

INSERT INTO events_event (
    id, occurred_at, recorded_at, name, customer_id, subject, actor, request, data
)
SELECT
    {size} * 3 + i * 2 - 1 + place, bench.instant(i, {purchases}), bench.instant(i, {purchases}),
    CASE place WHEN 0 THEN 'purchase.recorded' ELSE 'points.earned' END,
    bench.id(1, bench.buyer(i, {size})), bench.public('pur', bench.id(5, i)), 'key_bench', 'r' || i,
    CASE place
        WHEN 0 THEN jsonb_build_object('minor', bench.minor(i), 'currency', 'EUR')
        ELSE jsonb_build_object(
            'posting', 'pos_' || i, 'points', bench.minor(i) / 100, 'currency', 'points'
        )
    END
FROM generate_series(1, {purchases}) AS i
CROSS JOIN generate_series(0, 1) AS place;
