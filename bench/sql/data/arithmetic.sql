-- Everything is worked out from its number, so that no table waits for another.
CREATE SCHEMA bench;

CREATE FUNCTION bench.id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(26411008 + kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
$$;

CREATE FUNCTION bench.public(prefix text, id uuid) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT prefix || '_' || replace(id::text, '-', '')
$$;

CREATE FUNCTION bench.phone(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '+371' || (20000000 + n)
$$;

CREATE FUNCTION bench.buyer(i bigint, size bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT i * 7919 % size + 1
$$;

CREATE FUNCTION bench.minor(i bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT 100 + i * 7907 % 20000
$$;

CREATE FUNCTION bench.instant(place bigint, of_all bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT '{now}'::timestamptz - interval '2 years' * (1 - place::double precision / (of_all + 1))
$$;

CREATE FUNCTION bench.day(n bigint) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT '{now}'::date - (n % 700)::int
$$;

INSERT INTO products_kind (key, labels, icon, held)
VALUES ('appliance', '{"en": "Appliance"}', 'package', true), ('account', '{"en": "Account"}', 'bank', true)
ON CONFLICT DO NOTHING;

INSERT INTO products_product (id, code, code_norm, name, kind_id, currency, is_demo)
SELECT
    bench.id(7, n), 'P' || n, 'p' || n, 'Product ' || n,
    CASE n % 2 WHEN 0 THEN 'appliance' ELSE 'account' END, '', false
FROM generate_series(1, 20) AS n
ON CONFLICT DO NOTHING;
