-- A statement by its lines: points by what happened, how many lines, and their digest.
SELECT
    coalesce(sum(points) FILTER (WHERE what = 'earned'), 0)::bigint,
    coalesce(sum(points) FILTER (WHERE what = 'taken_back'), 0)::bigint,
    coalesce(sum(points) FILTER (WHERE what = 'used'), 0)::bigint,
    coalesce(sum(points) FILTER (WHERE what = 'given_back'), 0)::bigint,
    count(*)::bigint,
    loyalty_lines_digest(%(statement)s)
FROM loyalty_partnerline
WHERE statement_id = %(statement)s
