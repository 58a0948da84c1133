-- What is on a gift card or in a wallet is the sum of what came and went, and its last entry says so.
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
    SELECT 'gft_' || replace(key.purse_id::text, '-', ''), purse.id IS NULL
    FROM loyalty_pursekey AS key
    LEFT JOIN loyalty_purse AS purse ON purse.id = key.purse_id
) AS checked
