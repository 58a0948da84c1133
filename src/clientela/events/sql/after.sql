-- The next events after a reader's position, only those no running transaction can still slip under.
SELECT id, tx::text, occurred_at, recorded_at, name, customer_id, subject, actor, data
FROM events_event
WHERE (tx, id) > (%(tx)s::xid8, %(event_id)s::bigint)
    AND tx < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY tx, id
LIMIT %(limit)s
