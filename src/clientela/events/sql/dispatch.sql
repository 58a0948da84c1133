-- Put events on their way, once to each subscription. All columns are arrays of one length.
INSERT INTO events_delivery
    (id, subscription_id, event_id, customer_id, state, tries, next_try_at, fault)
SELECT id, subscription, event_id, customer_id, 'waiting', 0, %(now)s, ''
FROM unnest(%(id)s::uuid[], %(subscription)s::uuid[], %(event_id)s::bigint[], %(customer_id)s::uuid[])
    AS made (id, subscription, event_id, customer_id)
ON CONFLICT (subscription_id, customer_id, event_id) DO NOTHING
