-- A code of a pool was used as often as its uses that stand.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg(what) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT 'pool ' || code.pool_id AS what, code.uses <> coalesce(used.times, 0) AS wrong
    FROM loyalty_poolcode AS code
    LEFT JOIN (
        SELECT used.number_norm, count(*) AS times
        FROM loyalty_codeuse AS used
        WHERE NOT EXISTS (SELECT FROM loyalty_codeuseend AS ended WHERE ended.use_id = used.id)
        GROUP BY used.number_norm
    ) AS used ON used.number_norm = code.number_norm
) AS checked
