-- Customers by words, those with the latest activity first, in one of two ways. Which of them is short
-- the planner cannot know, for it does not see the words: so each way is held to its index.

CREATE OR REPLACE FUNCTION customers_worded_by_index(
    words tsquery, wanted integer, branches text[], person uuid, restricted boolean
) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_indexscan = off
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    -- Rare words: all who have them, then the latest of those.
    RETURN QUERY
    SELECT id
    FROM customers_customer
    WHERE search @@ words
        AND (branches IS NULL AND restricted OR customers_is_seen(id, branches, person, restricted))
    ORDER BY last_activity_at DESC, id DESC
    LIMIT wanted;
END
$$;

CREATE OR REPLACE FUNCTION customers_worded_by_walk(
    words tsquery, wanted integer, branches text[], person uuid, restricted boolean
) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    -- Common words: along the latest activity until there are enough.
    RETURN QUERY
    SELECT id
    FROM customers_customer
    WHERE search @@ words
        AND (branches IS NULL AND restricted OR customers_is_seen(id, branches, person, restricted))
    ORDER BY last_activity_at DESC, id DESC
    LIMIT wanted;
END
$$;
