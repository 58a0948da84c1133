-- A page of a family's events; each member's newest are read by index, then merged. What an event says
-- of its channel stands in its data, of calls and letters in its name.
SELECT page.*
FROM unnest(%(family)s::uuid[]) AS member (id)
CROSS JOIN LATERAL (
    SELECT id, tx::text, occurred_at, recorded_at, name, customer_id, subject, actor, data
    FROM events_event
    WHERE customer_id = member.id
        AND (%(names)s::text[] IS NULL OR name = ANY (%(names)s::text[]))
        AND (%(actor)s::text IS NULL OR actor = %(actor)s::text)
        AND (
            %(channel)s::text IS NULL
            OR %(channel)s::text = coalesce(
                data ->> 'channel',
                CASE split_part(name, '.', 1)
                    WHEN 'call' THEN 'phone'
                    WHEN 'conversation' THEN 'phone'
                    WHEN 'mail' THEN 'email'
                END
            )
        )
        AND occurred_at >= coalesce(%(starts_at)s::timestamptz, '-infinity')
        AND occurred_at < coalesce(%(ends_at)s::timestamptz, 'infinity')
        AND (
            %(occurred_at)s::timestamptz IS NULL
            OR (occurred_at, id) < (%(occurred_at)s::timestamptz, %(event_id)s::bigint)
        )
    ORDER BY occurred_at DESC, id DESC
    LIMIT %(limit)s
) AS page
ORDER BY page.occurred_at DESC, page.id DESC
LIMIT %(limit)s
