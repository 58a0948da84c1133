-- Old and new values of the history as they are kept from now on, where nobody touched them meanwhile.
UPDATE customers_fieldchange AS change
SET old = row.old, new = row.new
FROM (
    SELECT *
    FROM unnest(
        %(id)s::bigint[], %(old)s::text[]::jsonb[], %(new)s::text[]::jsonb[],
        %(was_old)s::text[]::jsonb[], %(was_new)s::text[]::jsonb[]
    ) AS row (id, old, new, was_old, was_new)
) AS row
WHERE change.id = row.id
    AND change.old IS NOT DISTINCT FROM row.was_old
    AND change.new IS NOT DISTINCT FROM row.was_new
