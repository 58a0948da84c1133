-- The first request with a key gets the row; a later one waits for it and gets none.
INSERT INTO staff_idempotentcall (actor, route, key, body_sha256, created_at)
VALUES (%(actor)s, %(route)s, %(key)s, %(body_sha256)s, %(now)s)
ON CONFLICT DO NOTHING
