-- What one person's call bar shows. A call is of the customer its conversation is with, else of whom it
-- was named last; a merged one counts as their survivor.
SELECT
    call.id, call.state, call.direction, call.match, call.number, call.number_shown, line.name,
    call.started_at, call.answered_at, call.ended_at, call.conversation_id, customer.id,
    coalesce(customer.display_name, '')
FROM calls_call AS call
JOIN calls_line AS line ON line.id = call.line_id
LEFT JOIN calls_conversation AS conversation ON conversation.id = call.conversation_id
LEFT JOIN LATERAL (
    SELECT named.customer_id
    FROM calls_customercall AS named
    WHERE named.call_id = call.id
    ORDER BY named.id DESC
    LIMIT 1
) AS named ON true
LEFT JOIN customers_customer AS known ON known.id = coalesce(conversation.customer_id, named.customer_id)
LEFT JOIN customers_customer AS customer
    ON customer.id = coalesce(known.merged_into, known.id)
    AND (
        %(branches)s::text[] IS NULL AND %(restricted)s
        OR customers_is_seen(customer.id, %(branches)s::text[], %(viewer)s::uuid, %(restricted)s)
    )
WHERE call.id IN (
    SELECT id
    FROM calls_call
    WHERE ended_at IS NULL
        AND (
            (state = 'ringing' AND started_at >= %(ringing_since)s AND %(person)s::uuid = ANY (rung))
            OR (state = 'answered' AND started_at >= %(talking_since)s AND (
                person_id = %(person)s::uuid
                OR (person_id IS NULL AND %(person)s::uuid = ANY (rung))
            ))
        )
    UNION ALL
    SELECT id
    FROM calls_call
    WHERE state = 'missed' AND settled_at IS NULL
        AND started_at >= %(talking_since)s AND ended_at >= %(over_since)s
        AND %(person)s::uuid = ANY (rung)
    UNION ALL
    SELECT conversation.call_id
    FROM calls_conversation AS conversation
    JOIN calls_call AS finished ON finished.id = conversation.call_id
    WHERE conversation.person_id = %(person)s::uuid AND conversation.ended_at IS NULL
        AND conversation.started_at >= %(talking_since)s AND finished.ended_at >= %(over_since)s
)
    AND conversation.ended_at IS NULL
ORDER BY
    call.state <> 'answered', call.state <> 'ringing', call.state <> 'ended',
    call.started_at DESC, call.id
LIMIT %(limit)s
