-- Two holdings of each customer: an appliance with a serial and an account with a number.
INSERT INTO products_holding (
    id, customer_id, product_id, number, serial, status, opened_on, balance_minor, balance_on, currency
)
SELECT
    bench.id(3, n * 2 + place), bench.id(1, n), products.ids[1 + n % products.many],
    CASE place WHEN 1 THEN 'AC' || n ELSE '' END, CASE place WHEN 0 THEN 'SN' || n ELSE '' END, 'active',
    bench.day(n), CASE place WHEN 1 THEN n * 100 END, CASE place WHEN 1 THEN bench.day(n) END,
    CASE place WHEN 1 THEN 'EUR' ELSE '' END
FROM generate_series(1, {size}) AS n
CROSS JOIN generate_series(0, 1) AS place
CROSS JOIN (
    SELECT array_agg(id ORDER BY code) AS ids, count(*) AS many FROM products_product
) AS products;

INSERT INTO products_holder (id, customer_id, holding_id, main_customer_id, role)
SELECT bench.id(4, n * 2 + place), bench.id(1, n), bench.id(3, n * 2 + place), bench.id(1, n), 'owner'
FROM generate_series(1, {size}) AS n
CROSS JOIN generate_series(0, 1) AS place;

INSERT INTO products_holdingkey (kind, source, value_norm, customer_id, holding_id)
SELECT
    CASE place WHEN 0 THEN 'serial' ELSE 'number' END, 'crm',
    CASE place WHEN 0 THEN 'SN' ELSE 'AC' END || n, bench.id(1, n), bench.id(3, n * 2 + place)
FROM generate_series(1, {size}) AS n
CROSS JOIN generate_series(0, 1) AS place;
