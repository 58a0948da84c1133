-- What these purchases earned: a posting, an entry and an open lot each, and the accounts they add up to.
INSERT INTO loyalty_posting (
    id, customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
    purchase_id, channel, steps, money_minor
)
SELECT
    i, bench.id(1, bench.buyer(i, {size})), scheme.currency_id, 'earn', 'purchase',
    bench.id(5, i)::text, decode(md5(i::text), 'hex'), bench.instant(i, {purchases}),
    bench.instant(i, {purchases}), 'system', bench.id(5, i), 'shop',
    ARRAY[scheme.version_id, 0, bench.minor(i) / 100], bench.minor(i)
FROM generate_series(1, {purchases}) AS i
CROSS JOIN (
    SELECT rule.currency_id, version.id AS version_id
    FROM loyalty_rule AS rule
    JOIN loyalty_ruleversion AS version ON version.rule_id = rule.id
) AS scheme;

INSERT INTO loyalty_entry (id, customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
SELECT
    i, bench.id(1, bench.buyer(i, {size})), i, -1, bench.buyer(i, {size}), bench.minor(i) / 100,
    bench.instant(i, {purchases})
FROM generate_series(1, {purchases}) AS i;

INSERT INTO loyalty_lot (
    id, customer_id, account_id, posting_id, amount, remaining, active_at, activated_at, cashable
)
SELECT
    bench.id(6, i), bench.id(1, bench.buyer(i, {size})), bench.buyer(i, {size}), i,
    bench.minor(i) / 100, bench.minor(i) / 100, bench.instant(i, {purchases}),
    bench.instant(i, {purchases}), true
FROM generate_series(1, {purchases}) AS i;

INSERT INTO loyalty_account (id, customer_id, currency_id, kind, posted, debt_max)
SELECT entry.credit_id, entry.customer_id, currency.id, 'own', sum(entry.amount), currency.debt_max
FROM loyalty_entry AS entry
CROSS JOIN loyalty_currency AS currency
GROUP BY entry.credit_id, entry.customer_id, currency.id, currency.debt_max;

INSERT INTO loyalty_tierset (key, labels, measure, money_code, time_window, currency_id)
SELECT 'steps', '{"en": "Steps"}', 'points', '', 'rolling', currency.id FROM loyalty_currency AS currency;

INSERT INTO loyalty_tier (key, labels, benefits, threshold, tier_set_id)
VALUES
    ('bronze', '{"en": "Bronze"}', '{}', 1, 'steps'),
    ('silver', '{"en": "Silver"}', '{}', 2000, 'steps'),
    ('gold', '{"en": "Gold"}', '{}', 10000, 'steps');

INSERT INTO loyalty_standing (
    id, customer_id, starts_at, kept_until, measured, decided_by, tier_id, tier_set_id
)
SELECT
    bench.id(14, n), bench.id(1, n), bench.instant(n, {size}), '{now}'::date + 300, 100, 'system', tier.id,
    'steps'
FROM generate_series(1, {size}) AS n
CROSS JOIN (SELECT id FROM loyalty_tier WHERE key = 'bronze' AND tier_set_id = 'steps') AS tier;
