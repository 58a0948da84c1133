-- Records of which some value is to be sealed, sealed anew or opened, with these values. `sealed` and
-- `plain`: keys by profile type.
SELECT
    customer.id, customer.version, customer.profile_type_id, customer.merged_into, asked.members::text
FROM customers_customer AS customer
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(one.key, one.value) AS members
    FROM jsonb_each(customer.attributes) AS one
    WHERE CASE
        WHEN one.value -> 'sealed' IS NOT NULL THEN
            NOT starts_with(one.value ->> 'sealed', %(current)s)
            OR (%(plain)s::jsonb -> customer.profile_type_id::text) ? one.key
        ELSE (%(sealed)s::jsonb -> customer.profile_type_id::text) ? one.key
    END
) AS asked
WHERE customer.id > %(after)s::uuid AND customer.id <= %(upto)s::uuid AND asked.members IS NOT NULL
ORDER BY customer.id
