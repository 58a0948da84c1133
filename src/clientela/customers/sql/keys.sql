-- Each identity a customer has now is in the look-up table, and the table holds no others.
SELECT
    count(*),
    count(*) FILTER (WHERE identity.id IS NULL OR key.customer_id IS NULL),
    (array_agg('cus_' || replace(coalesce(identity.customer_id, key.customer_id)::text, '-', ''))
        FILTER (WHERE identity.id IS NULL OR key.customer_id IS NULL))[1:10]
FROM (SELECT * FROM customers_identity WHERE ended_at IS NULL) AS identity
FULL JOIN (SELECT * FROM customers_identitykey WHERE kind <> 'customer-number') AS key
    ON key.kind = identity.kind
    AND key.value_norm = identity.value_norm
    AND key.customer_id = identity.customer_id
