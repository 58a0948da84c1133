-- How far the log may be read after a position, and who bought or gave back in between. As far as
-- `most` events go, but whole transactions only, and none that a running one could still slip under.
WITH reached AS (
    SELECT coalesce(
        (
            SELECT greatest(following.tx, (%(tx)s::text::numeric + 1)::text::xid8)
            FROM (
                SELECT tx
                FROM events_event
                WHERE tx >= %(tx)s::text::xid8 AND tx < pg_snapshot_xmin(pg_current_snapshot())
                ORDER BY tx, id
                OFFSET %(most)s LIMIT 1
            ) AS following
        ),
        pg_snapshot_xmin(pg_current_snapshot())
    ) AS upto
)
SELECT
    reached.upto::text,
    EXISTS (
        SELECT FROM events_event AS event
        WHERE event.tx >= %(tx)s::text::xid8 AND event.tx < reached.upto
    ),
    ARRAY(
        SELECT DISTINCT event.customer_id
        FROM events_event AS event
        WHERE event.tx >= %(tx)s::text::xid8
            AND event.tx < reached.upto
            AND event.name = ANY (%(names)s::text[])
            AND event.customer_id IS NOT NULL
    )
FROM reached
