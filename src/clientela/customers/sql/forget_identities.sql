-- Take away the identities that one run added to these customers, with what they are found by.
WITH gone AS (
    DELETE FROM customers_identity
    WHERE customer_id = ANY (%(customers)s::uuid[]) AND added_at = %(added_at)s
    RETURNING customer_id, kind, value_norm, primary_since
),
unkeyed AS (
    DELETE FROM customers_identitykey AS key
    USING gone
    WHERE key.customer_id = gone.customer_id
        AND key.kind = gone.kind
        AND key.value_norm = gone.value_norm
)
SELECT customer_id, kind, primary_since IS NOT NULL FROM gone
