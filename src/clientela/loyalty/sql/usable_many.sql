-- What many customers can use of one kind of points each: what is free of their lots less what they owe,
-- and when the first of it ends. `aliases`: their records that were merged, one after the other.
WITH asked AS MATERIALIZED (
    SELECT row.*
    FROM unnest(
        %(customer_id)s::uuid[], %(currency_id)s::bigint[], %(aliases)s::text[]
    ) AS row (customer_id, currency_id, aliases)
),
record AS (
    SELECT asked.customer_id AS redeemer, asked.currency_id, asked.customer_id FROM asked
    UNION ALL
    SELECT asked.customer_id, asked.currency_id, unnest(string_to_array(asked.aliases, ',')::uuid[])
    FROM asked
    WHERE asked.aliases <> ''
)
SELECT
    record.redeemer, record.currency_id,
    coalesce(sum(lots.usable), 0)::bigint - coalesce(sum(account.debt), 0)::bigint,
    min(lots.next_expiry)
FROM record
JOIN loyalty_account AS account
    ON account.customer_id = record.customer_id AND account.currency_id = record.currency_id
CROSS JOIN LATERAL (
    SELECT sum(lot.remaining - lot.held) AS usable, min(lot.expires_at) AS next_expiry
    FROM loyalty_lot AS lot
    WHERE lot.customer_id = account.customer_id AND lot.account_id = account.id
        AND lot.remaining > 0 AND lot.remaining > lot.held
        AND lot.active_at <= %(now)s
        AND (lot.expires_at IS NULL OR lot.expires_at > %(now)s)
) AS lots
GROUP BY record.redeemer, record.currency_id
