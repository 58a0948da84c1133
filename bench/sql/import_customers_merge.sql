-- All rows of a customer in one statement, the least that leaves the same behind.
WITH named AS (
    INSERT INTO customers_externalid (source, external_id, customer_id)
    SELECT 'bench', external_id, id FROM staged ORDER BY external_id
    ON CONFLICT DO NOTHING
    RETURNING customer_id
),
fresh AS (SELECT * FROM staged WHERE id IN (SELECT customer_id FROM named)),
written AS (
    INSERT INTO customers_customer (
        id, number, profile_type_id, party, status, display_name, folded_name, sort_key, language,
        country, attributes, attributes_folded, search, known_since, last_activity_at
    )
    SELECT
        id, -nextval('customers_number'), profile_type_id, 'person', 'active', name,
        folded_name, sort_key, 'lv', 'LV', attributes, attributes_folded,
        array_to_tsvector(string_to_array(words, ' ')), current_date, now()
    FROM fresh
    RETURNING id, number
),
identified AS (
    INSERT INTO customers_identity (
        id, customer_id, kind, value_norm, value_shown, primary_since, shared, added_at
    )
    SELECT phone_id, id, 'phone', phone, phone, now(), false, now() FROM fresh
    UNION ALL
    SELECT email_id, id, 'email', email, email, now(), false, now() FROM fresh
),
keyed AS (
    INSERT INTO customers_identitykey (kind, value_norm, customer_id, exclusive)
    SELECT 'customer-number', number::text, id, true FROM written
    UNION ALL
    SELECT 'phone', phone, id, false FROM fresh
    UNION ALL
    SELECT 'email', email, id, false FROM fresh
)
INSERT INTO events_event (occurred_at, recorded_at, name, customer_id, subject, actor, request, data)
SELECT
    now(), now(), 'customer.registered', id, 'cus_' || replace(id::text, '-', ''), 'system', '',
    '{"source": "bench"}'
FROM fresh
