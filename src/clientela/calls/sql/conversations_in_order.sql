-- Conversations end after they start, with an outcome; what a call names as its conversation is one of
-- that call.
SELECT
    count(*),
    count(*) FILTER (WHERE is_wrong),
    (array_agg('con_' || replace(id::text, '-', '')) FILTER (WHERE is_wrong))[1:10]
FROM (
    SELECT
        conversation.id,
        coalesce(conversation.ended_at < conversation.started_at, false)
            OR (conversation.ended_at IS NULL) <> (conversation.outcome = '')
            OR coalesce(call.id <> conversation.call_id, false) AS is_wrong
    FROM calls_conversation AS conversation
    LEFT JOIN calls_call AS call ON call.conversation_id = conversation.id
) AS conversation
