-- Lines of the history of which a value is to be sealed, or sealed anew.
SELECT id, customer_id, field, changed_at, old::text, new::text
FROM customers_fieldchange
WHERE id > %(after)s AND id <= %(upto)s
    AND (
        starts_with(old ->> 'sealed', %(current)s) IS FALSE
        OR starts_with(new ->> 'sealed', %(current)s) IS FALSE
        OR field = ANY (%(keys)s::text[])
        AND (
            coalesce(old, 'null') <> 'null' AND old -> 'sealed' IS NULL
            OR coalesce(new, 'null') <> 'null' AND new -> 'sealed' IS NULL
        )
    )
ORDER BY id
