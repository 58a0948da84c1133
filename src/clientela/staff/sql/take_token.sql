-- A token bucket: `rate` tokens a second, `burst` at most. It may be lost in a crash; it holds over all
-- processes.
CREATE OR REPLACE FUNCTION staff_take_token(
    who text, rate double precision, burst double precision, at_instant timestamptz
) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    granted boolean;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO staff_ratebucket AS bucket (subject, tokens, refilled_at, granted)
    VALUES (who, burst - 1, at_instant, true)
    ON CONFLICT (subject) DO UPDATE SET
        granted = least(
            burst,
            bucket.tokens
                + rate * greatest(0, extract(epoch FROM at_instant - bucket.refilled_at))
        ) >= 1,
        tokens = least(
            burst,
            bucket.tokens
                + rate * greatest(0, extract(epoch FROM at_instant - bucket.refilled_at))
        ) - CASE WHEN least(
            burst,
            bucket.tokens
                + rate * greatest(0, extract(epoch FROM at_instant - bucket.refilled_at))
        ) >= 1 THEN 1 ELSE 0 END,
        refilled_at = greatest(bucket.refilled_at, at_instant)
    RETURNING bucket.granted INTO granted;
    RETURN granted;
END
$$
