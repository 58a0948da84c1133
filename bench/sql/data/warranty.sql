-- Every appliance is a unit with a policy that runs and the law beside it.
INSERT INTO warranty_plan (id, code, layer, stack, priority, payer, markets, is_demo)
VALUES (bench.id(20, 1), 'bench-five-years', 'extended', 'extended', 0, 'company', '{}', false);

INSERT INTO warranty_terms (
    id, plan_id, version, names, texts, currency, start_rule, end_rule, waiting_days, refund_method,
    refund_fee_minor, free_look_days, digest, defined_by, defined_at
)
VALUES (
    bench.id(20, 2), bench.id(20, 1), 1, '{"en": "Five years"}', '{}', 'EUR', 'delivery',
    'anniversary_inclusive', 0, 'days', 0, 30, decode(repeat(md5('terms'), 2), 'hex'), 'key_bench', '{now}'
);

INSERT INTO warranty_clause (
    id, terms_id, place, component_path, cost_type, included, percent_bp
)
VALUES (bench.id(20, 3), bench.id(20, 2), 1, '', 'all', true, 10000);

INSERT INTO warranty_legalrule (
    id, country, goods_type, valid_from, months, basis, burden_months, source_text, confirmed_by
)
VALUES (bench.id(20, 4), 'ZZ', 'new', '2000-01-01', 36, 'fault_within', 12, 'A law', '');

INSERT INTO warranty_unit (
    id, customer_id, holding_id, lineage_id, product_id, kind, serial, serial_fold, sold_on, delivered_on,
    country, seller, price_minor, currency
)
SELECT
    bench.id(15, n), bench.id(1, n), bench.id(3, n * 2), bench.id(15, n), bench.id(7, 1 + n % 20), 'good',
    'SN' || n, 'SN' || n, bench.day(n), bench.day(n), 'ZZ', 'us', 49900, 'EUR'
FROM generate_series(1, {size}) AS n;

INSERT INTO warranty_policy (
    id, customer_id, number, holding_id, terms_id, term_months, stack, sequence, source, start_rule,
    starts_on, ends_on, money_from, money_until, price_minor, currency, sold_on, sold_by
)
SELECT
    bench.id(16, n), bench.id(1, n), n, bench.id(3, n * 2), bench.id(20, 2), 60, 'extended', 1, 'sale',
    'delivery', bench.day(n), bench.day(n) + 1826, bench.day(n), bench.day(n) + 1826, 9900, 'EUR',
    bench.day(n), 'key_bench'
FROM generate_series(1, {size}) AS n;

INSERT INTO warranty_cover (
    id, customer_id, holding_id, policy_id, clause_id, legal_rule_id, layer, starts_on, ends_on,
    as_sold_ends_on, burden_on
)
SELECT
    bench.id(17, n * 2 + place), bench.id(1, n), bench.id(3, n * 2),
    CASE place WHEN 0 THEN bench.id(16, n) END, CASE place WHEN 0 THEN bench.id(20, 3) END,
    CASE place WHEN 1 THEN bench.id(20, 4) END, CASE place WHEN 0 THEN 'extended' ELSE 'legal' END,
    bench.day(n), bench.day(n) + CASE place WHEN 0 THEN 1826 ELSE 1096 END,
    bench.day(n) + CASE place WHEN 0 THEN 1826 ELSE 1096 END,
    CASE place WHEN 1 THEN bench.day(n) + 365 END
FROM generate_series(1, {size}) AS n
CROSS JOIN generate_series(0, 1) AS place;
