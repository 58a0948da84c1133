SELECT
    json_build_object(
        'number', '+371' || (20000000 + :n::int),
        'match', 'one',
        'profile', json_build_object(
            'customer', customers_panel(seen.family, current_date, now()),
            'identities', customers_panel_identities(seen.family, current_date, now()),
            'holdings', products_panel(seen.family, current_date, now()),
            'purchases', purchases_panel(seen.family, current_date, now()),
            'points', loyalty_panel(seen.family, current_date, now()),
            'timeline', events_panel(seen.family, current_date, now()),
            'as_of', now()
        )
    ),
    customers_note_access(seen.family[1], 'key_bench', 'api', 'bench', now())
FROM customers_family_known_by('phone', '+371' || (20000000 + :n::int)) AS seen (family);
