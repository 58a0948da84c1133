-- A flag and a need of each customer, and what was offered to them once: two proposals of a decision.
INSERT INTO retention_offer (id, key, offer_group)
SELECT bench.id(18, n), 'offer-' || n, 'extras' FROM generate_series(1, 3) AS n;

INSERT INTO retention_offerversion (number, body, digest, published_by, published_at, offer_id)
SELECT
    1, jsonb_build_object(
        'offer', 'offer-' || n, 'sells', true, 'products', '[]'::jsonb,
        'texts', jsonb_build_object('en', jsonb_build_object('headline', 'Offer ' || n))
    ), decode(repeat(md5(n::text), 2), 'hex'), 'key_bench', bench.instant(1, {size}), bench.id(18, n)
FROM generate_series(1, 3) AS n;

INSERT INTO retention_flag (id, customer_id, kind, reason, instruction, source, set_by, set_at, review_on)
SELECT
    bench.id(10, n), bench.id(1, n), 'arrears', 'Two instalments are late', 'Ask when they are paid',
    'ledger', 'key_bench', bench.instant(n, {size}), '{now}'::date + 90
FROM generate_series(1, {size}) AS n;

INSERT INTO retention_need (
    id, customer_id, kind, words, source, product_kind, ends_on, expires_on, noted_at, noted_by
)
SELECT
    bench.id(11, n), bench.id(1, n), 'product', 'Wants a second one',
    'stated', 'appliance', '{now}'::date + 60, '{now}'::date + 200, bench.instant(n, {size}), 'key_bench'
FROM generate_series(1, {size}) AS n;

INSERT INTO retention_decision (id, customer_id, decided_at, channel, actor, trace)
SELECT
    bench.id(12, n), bench.id(1, n), bench.instant(n, {size}), 'agent', 'key_bench',
    jsonb_build_object('held_back', 1, 'offers', (
        SELECT jsonb_agg(jsonb_build_object(
            'offer', 'offer-' || tried, 'rules', jsonb_build_array(jsonb_build_object(
                'words', 'holdings.count >= 1', 'found', 2, 'holds', true
            ))
        ))
        FROM generate_series(1, 3) AS tried
    ))
FROM generate_series(1, {size}) AS n;

INSERT INTO retention_proposal (
    id, customer_id, decision_id, offer_id, version_id, place, propensity, sells, wording, shown_at
)
SELECT
    bench.id(13, n * 2 + place), bench.id(1, n), bench.id(12, n), version.offer_id, version.id, place, 0.2,
    true, said.wording || jsonb_build_object('language', (ARRAY['en', 'es', 'lv'])[1 + n % 3]),
    bench.instant(n, {size})
FROM generate_series(1, {size}) AS n
CROSS JOIN generate_series(1, 2) AS place
JOIN retention_offerversion AS version ON version.offer_id = bench.id(18, place)
CROSS JOIN (
    SELECT jsonb_object_agg(code, jsonb_build_object(
        'headline', 'Cover for five years', 'why', 'Has an appliance that is not covered any more',
        'why_now', 'The cover of the maker ends in two months', 'next_step', 'Send the terms',
        'price', '4.90 a month', 'script', 'Your cover ends soon. Shall I prolong it for you?'
    )) AS wording
    FROM unnest(ARRAY['en', 'es', 'lv']) AS language (code)
) AS said;
