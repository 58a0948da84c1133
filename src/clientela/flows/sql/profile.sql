SELECT
    seen.family[1],
    CASE WHEN seen.family IS NOT NULL THEN customers_note_access(
        seen.family[1], %%(actor)s, %%(channel)s, %%(request)s, %%(now)s::timestamptz
    )::text END%(blocks)s
FROM customers_family(%%(customer)s::uuid) AS seen (family)
