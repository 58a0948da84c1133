-- The newest happenings of a family, by when they happened. Sentences are made at the door.
CREATE OR REPLACE FUNCTION events_panel(family uuid[], today date, now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'id', happened.id,
            'occurred_at', happened.occurred_at,
            'name', happened.name,
            'subject', happened.subject,
            'actor', happened.actor,
            'data', happened.data
        ) ORDER BY happened.occurred_at DESC, happened.id DESC), '[]')
        FROM (
            SELECT newest.*
            FROM unnest(family) AS member (id)
            CROSS JOIN LATERAL (
                SELECT id, occurred_at, name, subject, actor, data
                FROM events_event
                WHERE customer_id = member.id
                ORDER BY occurred_at DESC, id DESC
                LIMIT 20
            ) AS newest
            ORDER BY newest.occurred_at DESC, newest.id DESC
            LIMIT 20
        ) AS happened
    );
END
$$;
