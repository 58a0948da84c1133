-- What is on a gift card or in a wallet is the sum of what came and went, and its last entry says so;
-- cash that was paid into a wallet went there, and out of it when it came back.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg(what) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        CASE purse.kind WHEN 'card' THEN 'gft_' ELSE 'wal_' END || replace(purse.id::text, '-', '') AS what,
        purse.balance_minor <> coalesce(moved.minor, 0)
            OR purse.balance_minor <> coalesce(newest.balance_minor, 0)
            OR (purse.claimed_by_id IS NOT NULL AND purse.balance_minor <> 0) AS wrong
    FROM loyalty_purse AS purse
    LEFT JOIN (
        SELECT purse_id, sum(minor) AS minor, max(id) AS newest_id
        FROM loyalty_purseentry
        GROUP BY purse_id
    ) AS moved ON moved.purse_id = purse.id
    LEFT JOIN loyalty_purseentry AS newest ON newest.id = moved.newest_id
    UNION ALL
    SELECT
        'csh_' || replace(asked.id::text, '-', ''),
        NOT EXISTS (
            SELECT FROM loyalty_purseentry AS entry
            WHERE entry.redemption_id = asked.redemption_id AND entry.kind = 'reward'
                AND entry.minor = asked.minor
        ) OR (back.id IS NOT NULL) <> EXISTS (
            SELECT FROM loyalty_purseentry AS entry
            WHERE entry.redemption_id = asked.redemption_id AND entry.kind = 'take_back'
                AND entry.minor = -asked.minor
        )
    FROM loyalty_cashout AS asked
    JOIN loyalty_cashoutpayment AS paid ON paid.cash_out_id = asked.id
    LEFT JOIN loyalty_cashoutreturn AS back ON back.cash_out_id = asked.id
    WHERE asked.way = 'wallet'
    UNION ALL
    SELECT 'gft_' || replace(key.purse_id::text, '-', ''), purse.id IS NULL
    FROM loyalty_pursekey AS key
    LEFT JOIN loyalty_purse AS purse ON purse.id = key.purse_id
) AS checked
