-- Customers as they are kept under a changed field or another profile type, each only if nobody
-- changed it meanwhile. `bump` is 1 where values differ. Returns who was written.
UPDATE customers_customer AS customer
SET
    profile_type_id = row.profile_type_id,
    party = row.party,
    attributes = row.attributes,
    attributes_folded = row.attributes_folded,
    search = array_to_tsvector(string_to_array(row.words, ' ')),
    version = customer.version + row.bump
FROM (
    SELECT *
    FROM unnest(
        %(id)s::uuid[], %(version)s::int[], %(profile_type)s::bigint[], %(party)s::text[],
        %(attributes)s::text[]::jsonb[], %(attributes_folded)s::text[]::jsonb[], %(words)s::text[],
        %(bump)s::int[]
    ) AS row (
        id, version, profile_type_id, party, attributes, attributes_folded, words, bump
    )
) AS row
WHERE customer.id = row.id AND customer.version = row.version
RETURNING customer.id
