-- Register customers an import made ready, each named by its source. Those whose name is taken (by
-- somebody who was faster) are left out and returned.
WITH incoming AS NOT MATERIALIZED (
    SELECT *
    FROM unnest(
        %(id)s::uuid[], %(profile_type)s::bigint[], %(party)s::text[], %(display_name)s::text[],
        %(folded_name)s::text[], %(sort_key)s::text[], %(language)s::text[], %(country)s::text[],
        %(attributes)s::text[]::jsonb[], %(attributes_folded)s::text[]::jsonb[], %(words)s::text[],
        %(external_id)s::text[], %(number)s::bigint[]
    ) AS row (
        id, profile_type_id, party, display_name, folded_name, sort_key, language, country, attributes,
        attributes_folded, words, external_id, number
    )
),
named AS (
    INSERT INTO customers_externalid (source, external_id, customer_id)
    SELECT %(source)s, external_id, id FROM incoming ORDER BY external_id
    ON CONFLICT DO NOTHING
    RETURNING customer_id
),
written AS (
    INSERT INTO customers_customer (
        id, number, profile_type_id, party, status, display_name, folded_name, sort_key, language,
        country, attributes, attributes_folded, search, known_since, last_activity_at, is_demo
    )
    SELECT
        id, number, profile_type_id, party, %(status)s, display_name, folded_name, sort_key, language,
        country, attributes, attributes_folded, array_to_tsvector(string_to_array(words, ' ')),
        %(today)s, %(now)s, %(is_demo)s
    FROM incoming
    WHERE id IN (SELECT customer_id FROM named)
    ORDER BY id
),
numbered AS (
    INSERT INTO customers_identitykey (kind, value_norm, customer_id, exclusive)
    SELECT 'customer-number', number::text, id, true
    FROM incoming
    WHERE id IN (SELECT customer_id FROM named)
)
SELECT id FROM incoming WHERE id NOT IN (SELECT customer_id FROM named)
