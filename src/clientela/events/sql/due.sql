-- Deliveries whose turn it is: of each customer the oldest that waits, of each subscription as many
-- as may be under way at once, one where the last ones failed.
SELECT due.id, due.tries, due.subscription_id, happened.id, happened.tx::text, happened.name,
    happened.occurred_at, happened.customer_id, happened.subject, happened.data
FROM events_subscription AS receiver
CROSS JOIN LATERAL (
    SELECT delivery.id, delivery.tries, delivery.subscription_id, delivery.event_id
    FROM events_delivery AS delivery
    WHERE delivery.subscription_id = receiver.id
        AND delivery.state = 'waiting'
        AND delivery.next_try_at <= %(now)s
        AND NOT (delivery.id = ANY (%(under_way)s::uuid[]))
        AND NOT EXISTS (
            SELECT
            FROM events_delivery AS earlier
            WHERE earlier.subscription_id = receiver.id
                AND earlier.customer_id = delivery.customer_id
                AND earlier.state = 'waiting'
                AND earlier.id < delivery.id
        )
    ORDER BY delivery.id
    LIMIT greatest(
        0,
        CASE WHEN receiver.rests_until IS NULL THEN %(at_once)s::integer ELSE 1 END
            - (SELECT count(*) FROM events_delivery AS busy
                WHERE busy.id = ANY (%(under_way)s::uuid[]) AND busy.subscription_id = receiver.id)
    )
) AS due
JOIN events_event AS happened ON happened.id = due.event_id
WHERE receiver.off_at IS NULL
    AND receiver.removed_at IS NULL
    AND (receiver.rests_until IS NULL OR receiver.rests_until <= %(now)s)
ORDER BY due.id
