-- Bring what the planner knows of our tables up to date where it is stale: never found out, found when the
-- table was empty, or from before the table grew fourfold. Rows of the transaction that asks count, seen by
-- others or not. It acts as the owner, for nobody else may; a table somebody else has in hand is left to
-- them. Returns the tables it looked at.

CREATE OR REPLACE FUNCTION imports_refresh_statistics() RETURNS text[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET client_min_messages = error AS $$
DECLARE
    stale regclass;
    found text[] := '{}';
BEGIN
    FOR stale IN
        SELECT class.oid
        FROM pg_class AS class
        CROSS JOIN LATERAL (
            SELECT
                pg_relation_size(class.oid) / current_setting('block_size')::int AS pages,
                pg_stat_get_mod_since_analyze(class.oid)
                + pg_stat_get_xact_tuples_inserted(class.oid) AS written
        ) AS now
        WHERE class.relkind = 'r'
            AND class.relpersistence = 'p'
            AND class.relnamespace = 'public'::regnamespace
            AND pg_get_userbyid(class.relowner) = current_user
            AND now.pages >= 8
            AND (
                class.reltuples <= 0
                OR now.pages > 4 * class.relpages
                OR now.written > 3 * class.reltuples
                OR NOT EXISTS (
                    SELECT FROM pg_stats WHERE schemaname = 'public' AND tablename = class.relname
                )
            )
        ORDER BY class.oid
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) %s', stale);
        found := found || stale::text;
    END LOOP;
    RETURN found;
END
$$;
