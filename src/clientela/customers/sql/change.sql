-- New values for customers, each only if nobody changed it meanwhile. Returns who was changed.
UPDATE customers_customer AS customer
SET
    display_name = row.display_name,
    folded_name = row.folded_name,
    sort_key = row.sort_key,
    language = row.language,
    country = row.country,
    attributes = row.attributes,
    attributes_folded = row.attributes_folded,
    search = array_to_tsvector(string_to_array(row.words, ' ')),
    last_activity_at = greatest(customer.last_activity_at, %(now)s),
    version = customer.version + 1
FROM (
    SELECT *
    FROM unnest(
        %(id)s::uuid[], %(version)s::int[], %(display_name)s::text[], %(folded_name)s::text[],
        %(sort_key)s::text[], %(language)s::text[], %(country)s::text[],
        %(attributes)s::text[]::jsonb[], %(attributes_folded)s::text[]::jsonb[], %(words)s::text[]
    ) AS row (
        id, version, display_name, folded_name, sort_key, language, country, attributes,
        attributes_folded, words
    )
) AS row
WHERE customer.id = row.id AND customer.version = row.version
RETURNING customer.id
