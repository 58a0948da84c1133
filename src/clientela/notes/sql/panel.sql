-- What people wrote down: tags, what is to be done next, the latest notes.
CREATE OR REPLACE FUNCTION notes_panel(family uuid[], today date, now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN json_build_object(
        'tags', coalesce((
            SELECT json_agg(DISTINCT tag.name ORDER BY tag.name)
            FROM notes_tagged AS put
            JOIN notes_tag AS tag ON tag.key = put.tag_id
            WHERE put.customer_id = ANY (family)
        ), '[]'),
        'tasks', coalesce((
            SELECT json_agg(json_build_object(
                'id', 'tsk_' || replace(open.id::text, '-', ''),
                'words', open.words,
                'due_on', open.due_on,
                'days_left', open.due_on - today,
                'owner', open.owner
            ) ORDER BY open.due_on, open.id)
            FROM (
                SELECT id, words, due_on, owner
                FROM notes_task
                WHERE customer_id = ANY (family) AND done_at IS NULL
                ORDER BY due_on, id
                LIMIT 5
            ) AS open
        ), '[]'),
        'latest', coalesce((
            SELECT json_agg(json_build_object(
                'id', 'not_' || replace(latest.id::text, '-', ''),
                'words', latest.words,
                'written_by', latest.written_by,
                'written_at', latest.written_at
            ) ORDER BY latest.written_at DESC, latest.id DESC)
            FROM (
                SELECT id, words, written_by, written_at
                FROM notes_note
                WHERE customer_id = ANY (family) AND removed_at IS NULL
                ORDER BY written_at DESC, id DESC
                LIMIT 3
            ) AS latest
        ), '[]')
    );
END
$$;
