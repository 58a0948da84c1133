-- Events by when they were written down, in the order of the log.
SELECT id, name, customer_id, subject
FROM events_event
WHERE recorded_at >= %(starts_at)s AND recorded_at < %(ends_at)s
ORDER BY tx, id
LIMIT %(limit)s
