-- Whether somebody decided that two customers are two: said of any of their records, it counts for the
-- survivors. It does not count any more where both were given the same identity of their own since.
CREATE OR REPLACE FUNCTION matching_told_apart(one uuid, other uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ours uuid[] := customers_family(one);
    theirs uuid[] := customers_family(other);
BEGIN
    RETURN EXISTS (
        SELECT FROM matching_notduplicate AS told
        WHERE told.lifted_at IS NULL
            AND told.customer_id = ANY (ours || theirs) AND told.other_id = ANY (ours || theirs)
            AND (told.customer_id = ANY (ours)) <> (told.other_id = ANY (ours))
            AND NOT EXISTS (
                SELECT FROM customers_identity AS mine
                JOIN customers_identity AS its
                    ON its.kind = mine.kind AND its.value_norm = mine.value_norm
                WHERE mine.customer_id = ANY (ours) AND its.customer_id = ANY (theirs)
                    AND NOT mine.shared AND NOT its.shared
                    AND mine.added_at > told.decided_at AND its.added_at > told.decided_at
            )
    );
END
$$
