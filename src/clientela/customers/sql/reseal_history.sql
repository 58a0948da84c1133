-- Old and new values of the history as they are kept from now on.
UPDATE customers_fieldchange AS change
SET old = row.old, new = row.new
FROM (
    SELECT *
    FROM unnest(%(id)s::bigint[], %(old)s::text[]::jsonb[], %(new)s::text[]::jsonb[])
        AS row (id, old, new)
) AS row
WHERE change.id = row.id
