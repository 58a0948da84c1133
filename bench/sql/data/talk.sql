-- One person has talked with every {step}th customer.
INSERT INTO calls_conversation (id, customer_id, person_id, channel, started_at, ended_at, outcome, note)
SELECT
    bench.id(19, n), bench.id(1, n), '{person}', 'shop', clock_timestamp(), clock_timestamp(), 'done', ''
FROM generate_series({step}, {size}, {step}) AS n
ON CONFLICT (id) DO UPDATE SET person_id = excluded.person_id;
