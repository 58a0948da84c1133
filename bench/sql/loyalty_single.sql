-- What POST /purchases writes for one purchase, by a bare function: same rows, same locks.
CREATE OR REPLACE FUNCTION bench.record_purchase(n bigint, reference bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    customer uuid;
    purchase uuid := gen_random_uuid();
    account loyalty_account%ROWTYPE;
    minor bigint := 100 + reference % 19900;
    points bigint := (100 + reference % 19900) / 100;
    posting bigint;
    subject text := 'pur_' || replace(purchase::text, '-', '');
BEGIN
    SELECT external.customer_id INTO STRICT customer
    FROM customers_externalid AS external
    WHERE external.source = 'crm' AND external.external_id = n::text;
    INSERT INTO purchases_key (kind, source, external_ref, customer_id, record_id, body_hash)
    VALUES ('purchase', 'bench', 'B' || reference, customer, purchase, '\x00112233445566778899aabbccddeeff')
    ON CONFLICT DO NOTHING;
    INSERT INTO purchases_purchase (
        id, customer_id, source, external_ref, purchased_at, recorded_at, total_minor, currency,
        channel, place
    ) VALUES (
        purchase, customer, 'bench', 'B' || reference, now(), now(), minor, 'EUR', 'shop', 'riga-1'
    );
    SELECT * INTO account FROM loyalty_account AS own
    WHERE own.customer_id = customer AND own.currency_id = 1 AND own.kind = 'own'
    FOR NO KEY UPDATE;
    INSERT INTO loyalty_posting (
        customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor,
        purchase_id, channel, steps, money_minor
    ) VALUES (
        customer, 1, 'earn', 'purchase', purchase::text, '\x00112233445566778899aabbccddeeff', now(),
        now(), 'bench', purchase, 'shop', ARRAY[1, 0, points], minor
    ) RETURNING id INTO posting;
    INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
    VALUES (customer, posting, -1, account.id, points, now());
    INSERT INTO loyalty_lot (
        id, customer_id, account_id, posting_id, amount, remaining, active_at, activated_at, cashable
    ) VALUES (
        gen_random_uuid(), customer, account.id, posting, points, points, now(), now(), true
    );
    UPDATE loyalty_account AS own
    SET posted = own.posted + points, version = own.version + 1
    WHERE own.id = account.id AND own.customer_id = customer;
    INSERT INTO events_event (
        occurred_at, recorded_at, name, customer_id, subject, actor, request, data
    ) VALUES
        (now(), now(), 'purchase.recorded', customer, subject, 'bench', 'bench',
            jsonb_build_object('minor', minor, 'currency', 'EUR')),
        (now(), now(), 'points.earned', customer, subject, 'bench', 'bench', jsonb_build_object(
            'posting', 'pos_' || posting, 'points', points, 'currency', 'points'
        ));
    RETURN posting;
END
$$
