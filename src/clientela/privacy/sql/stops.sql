-- What stops letters to these customers and addresses, whatever was agreed: restrictions by record, addresses
-- nobody writes to, and the latest wish of each record.
SELECT 'restriction' AS what, customer_id, kind AS word, NULL::bytea AS digest, NULL::date AS until_on,
    NULL::timestamptz AS decided_at, NULL::uuid AS id
FROM privacy_restriction
WHERE customer_id = ANY (%(ids)s::uuid[]) AND lifted_at IS NULL
UNION ALL
SELECT 'suppression', NULL, '', value_hmac, NULL, NULL, NULL
FROM privacy_suppression
WHERE value_hmac = ANY (%(digests)s::bytea[]) AND lifted_at IS NULL
UNION ALL
(
    SELECT DISTINCT ON (customer_id) 'wish', customer_id, '', NULL::bytea, paused_until, decided_at, id
    FROM privacy_preference
    WHERE customer_id = ANY (%(ids)s::uuid[])
    ORDER BY customer_id, decided_at DESC, id DESC
)
