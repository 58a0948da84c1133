-- The digest of a statement's lines, in their order: what makes it the same for ever.
CREATE OR REPLACE FUNCTION loyalty_lines_digest(statement uuid) RETURNS bytea
LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(coalesce(string_agg(
        concat_ws(
            ';', line.place, (extract(epoch FROM line.noted_at) * 1000000)::bigint, line.what,
            line.points, line.reference
        ), E'\n' ORDER BY line.place
    ), ''), 'UTF8'))
    FROM loyalty_partnerline AS line
    WHERE line.statement_id = statement
$$
