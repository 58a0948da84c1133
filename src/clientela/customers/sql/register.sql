-- Register customers that are not known yet, with what they can be found by. Where another system's
-- id is already taken (by a batch that came first), that customer is left out and not returned.
WITH incoming AS (
    SELECT *
    FROM unnest(
        %(id)s::uuid[], %(number)s::bigint[], %(profile_type)s::bigint[], %(party)s::text[],
        %(status)s::text[], %(display_name)s::text[], %(folded_name)s::text[], %(sort_key)s::text[],
        %(language)s::text[], %(country)s::text[], %(attributes)s::text[]::jsonb[],
        %(attributes_folded)s::text[]::jsonb[], %(words)s::text[], %(known_since)s::date[],
        %(source)s::text[], %(external_id)s::text[]
    ) AS row (
        id, number, profile_type_id, party, status, display_name, folded_name, sort_key,
        language, country, attributes, attributes_folded, words, known_since, source, external_id
    )
),
named AS (
    INSERT INTO customers_externalid (source, external_id, customer_id)
    SELECT source, external_id, id FROM incoming WHERE source <> '' ORDER BY source, external_id
    ON CONFLICT DO NOTHING
    RETURNING customer_id
),
fresh AS (
    SELECT * FROM incoming WHERE source = '' OR id IN (SELECT customer_id FROM named)
),
written AS (
    INSERT INTO customers_customer (
        id, number, profile_type_id, party, status, display_name, folded_name, sort_key, language,
        country, attributes, attributes_folded, search, known_since, last_activity_at, is_demo
    )
    SELECT
        id, number, profile_type_id, party, status, display_name, folded_name, sort_key, language,
        country, attributes, attributes_folded, array_to_tsvector(string_to_array(words, ' ')),
        known_since, %(now)s, %(is_demo)s
    FROM fresh
    RETURNING id, number
),
numbered AS (
    INSERT INTO customers_identitykey (kind, value_norm, customer_id, exclusive)
    SELECT 'customer-number', number::text, id, true FROM written
)
SELECT id FROM written
