-- Write happenings. All columns are arrays of one length; ids come from the sequence in array order.
INSERT INTO events_event (occurred_at, recorded_at, name, customer_id, subject, actor, request, data)
SELECT occurred_at, %(now)s, name, customer_id, subject, %(actor)s, %(request)s, data
FROM unnest(
    %(occurred_at)s::timestamptz[], %(name)s::text[], %(customer_id)s::uuid[], %(subject)s::text[],
    %(data)s::text[]::jsonb[]
) WITH ORDINALITY AS happening (occurred_at, name, customer_id, subject, data, place)
ORDER BY place
