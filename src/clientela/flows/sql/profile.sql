-- The blocks of one family, put together from the panels of the apps; that somebody looked is written
-- down in the same call.
SELECT
    seen.family[1],
    CASE WHEN seen.family IS NOT NULL THEN customers_note_access(
        seen.family[1], %(actor)s, %(channel)s, %(request)s, %(now)s::timestamptz
    )::text END{blocks}
FROM {family} AS seen (family)
