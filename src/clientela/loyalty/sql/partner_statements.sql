-- A statement of a partner is its lines: their sums, their number, their digest.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('pst_' || replace(id::text, '-', '')) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        stated.id,
        (stated.earned, stated.taken_back, stated.used, stated.given_back, stated.lines_count, stated.digest)
        IS DISTINCT FROM (
            coalesce(lines.earned, 0)::bigint, coalesce(lines.taken_back, 0)::bigint,
            coalesce(lines.used, 0)::bigint, coalesce(lines.given_back, 0)::bigint,
            coalesce(lines.count, 0)::integer, loyalty_lines_digest(stated.id)
        ) AS wrong
    FROM loyalty_partnerstatement AS stated
    LEFT JOIN LATERAL (
        SELECT
            count(*) AS count,
            sum(points) FILTER (WHERE what = 'earned') AS earned,
            sum(points) FILTER (WHERE what = 'taken_back') AS taken_back,
            sum(points) FILTER (WHERE what = 'used') AS used,
            sum(points) FILTER (WHERE what = 'given_back') AS given_back
        FROM loyalty_partnerline AS line
        WHERE line.statement_id = stated.id
    ) AS lines ON true
) AS checked
