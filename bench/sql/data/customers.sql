-- {size} customers, each with a phone, an e-mail and a number of another system.
INSERT INTO customers_customer (
    id, number, profile_type_id, party, status, display_name, folded_name, sort_key, language, country,
    attributes, attributes_folded, search, known_since, last_activity_at
)
SELECT
    bench.id(1, n), 100000 + n * 10, kind.id, 'person', 'active', name, lower(name), lower(name),
    (ARRAY['en', 'es', 'lv'])[1 + n % 3], 'LV', jsonb_build_object('city', 'Riga'), '{}',
    array_to_tsvector(string_to_array(lower(name), ' ')), bench.day(n), bench.instant(n, {size})
FROM generate_series(1, {size}) AS n
CROSS JOIN LATERAL (
    SELECT (ARRAY[
        'Anna', 'Ilze', 'Laura', 'Marta', 'Elina', 'Zane', 'Carmen', 'Lucia', 'Pilar', 'Rosa', 'Janis',
        'Karlis', 'Peteris', 'Andris', 'Edgars', 'Juan', 'Diego', 'Pablo', 'Luis'
    ])[1 + n % 19] || ' ' || (ARRAY[
        'Berzina', 'Kalnina', 'Ozola', 'Liepina', 'Krumina', 'Balode', 'Eglite', 'Zarina', 'Vitola',
        'Garcia', 'Lopez', 'Perez', 'Gomez', 'Ruiz', 'Torres', 'Navarro', 'Molina'
    ])[1 + n % 17] || ' ' || n % 997 AS name
) AS called
CROSS JOIN (SELECT id FROM customers_profiletype WHERE key = 'person') AS kind;

INSERT INTO customers_identity (
    id, customer_id, kind, value_norm, value_shown, primary_since, shared, added_at
)
SELECT
    bench.id(2, n * 2 + kind.place), bench.id(1, n), kind.name, value, value,
    bench.instant(n, {size}), false, bench.instant(n, {size})
FROM generate_series(1, {size}) AS n
CROSS JOIN (VALUES (0, 'phone'), (1, 'email')) AS kind (place, name)
CROSS JOIN LATERAL (
    SELECT CASE kind.name WHEN 'phone' THEN bench.phone(n) ELSE 'c' || n || '@example.com' END AS value
) AS written;

INSERT INTO customers_identitykey (kind, value_norm, customer_id, exclusive)
SELECT kind, value_norm, customer_id, false FROM customers_identity
UNION ALL
SELECT 'customer-number', number::text, id, true FROM customers_customer;

INSERT INTO customers_externalid (source, external_id, customer_id)
SELECT 'crm', n::text, bench.id(1, n) FROM generate_series(1, {size}) AS n;
