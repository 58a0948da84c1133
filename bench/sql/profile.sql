\set n random(1, {last}) * {step}
SELECT
    json_build_object(
        'number', '+371' || (20000000 + :n::int),
        'match', 'one',
        'profile', json_build_object({panels}, 'as_of', now())
    ),
    customers_note_access(seen.family[1], 'key_bench', 'api', 'bench', now())
FROM customers_family_known_by('phone', '+371' || (20000000 + :n::int)) AS seen (family);
