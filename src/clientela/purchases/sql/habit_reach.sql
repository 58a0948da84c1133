-- How far the log may be read after a position, and who bought or gave back in between. As far as
-- `most` events go, but whole transactions only, the first of them however large it is, and none that a
-- running one could still slip under.
WITH beginning AS (
    SELECT (tx::text::numeric + 1)::text::xid8 AS after
    FROM events_event
    WHERE tx >= %(tx)s::text::xid8 AND tx < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY tx, id
    LIMIT 1
),
reached AS (
    SELECT coalesce(
        (
            SELECT greatest(following.tx, beginning.after)
            FROM (
                SELECT tx
                FROM events_event
                WHERE tx >= %(tx)s::text::xid8 AND tx < pg_snapshot_xmin(pg_current_snapshot())
                ORDER BY tx, id
                OFFSET %(most)s LIMIT 1
            ) AS following
            CROSS JOIN beginning
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
