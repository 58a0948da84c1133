-- Six purchases of each customer over two years, in the order of time, so that those of one customer lie
-- far apart as they do in life.
INSERT INTO purchases_purchase (
    id, customer_id, source, external_ref, purchased_at, recorded_at, total_minor, currency, channel,
    place
)
SELECT
    bench.id(5, i), bench.id(1, bench.buyer(i, {size})), 'till', 'R' || i,
    bench.instant(i, {purchases}), bench.instant(i, {purchases}), bench.minor(i), 'EUR', 'shop', 'riga-1'
FROM generate_series(1, {purchases}) AS i;

INSERT INTO purchases_key (kind, source, external_ref, customer_id, record_id, body_hash)
SELECT
    'purchase', 'till', 'R' || i, bench.id(1, bench.buyer(i, {size})), bench.id(5, i),
    decode(md5(i::text), 'hex')
FROM generate_series(1, {purchases}) AS i;
