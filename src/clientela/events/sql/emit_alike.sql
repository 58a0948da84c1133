-- Write that the same happened to each of these customers at once, in their order.
INSERT INTO events_event (occurred_at, recorded_at, name, customer_id, subject, actor, request, data)
SELECT
    %(now)s, %(now)s, %(name)s, named.id, 'cus_' || replace(named.id::text, '-', ''), %(actor)s, '',
    %(data)s::jsonb
FROM (SELECT %(customers)s::uuid[] AS ids) AS given
CROSS JOIN LATERAL unnest(given.ids) AS named (id)
