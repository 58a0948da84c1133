-- What awards use of counters that are locked.
UPDATE loyalty_limit AS counter
SET used = counter.used + row.more
FROM unnest(%(id)s::bigint[], %(more)s::bigint[]) AS row (id, more)
WHERE counter.id = row.id
