-- Put events of a time on their way to one subscription, again if they were sent before.
INSERT INTO events_delivery
    (id, subscription_id, event_id, customer_id, state, tries, next_try_at, fault)
SELECT made.id, %(subscription)s, made.event_id, made.customer_id, 'waiting', 0, %(now)s, ''
FROM unnest(%(id)s::uuid[], %(event_id)s::bigint[], %(customer_id)s::uuid[])
    AS made (id, event_id, customer_id)
ON CONFLICT (subscription_id, customer_id, event_id) DO UPDATE
SET state = 'waiting', tries = 0, next_try_at = excluded.next_try_at, status = NULL, fault = '',
    ended_at = NULL
