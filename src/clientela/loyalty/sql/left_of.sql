-- What is left of the points that some rules gave with a posting, after its reversals: all of them, or
-- those before one of them.
CREATE OR REPLACE FUNCTION loyalty_left_of(
    customer uuid, earned bigint, earned_steps bigint[], versions bigint[], before bigint
) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT greatest(least(
        loyalty_given_by(earned_steps, versions),
        coalesce((
            SELECT loyalty_given_by(last.steps, versions)
            FROM loyalty_posting AS last
            WHERE last.customer_id = customer AND last.reverses_id = earned AND last.kind = 'reverse'
                AND (before IS NULL OR last.id < before)
            ORDER BY last.id DESC
            LIMIT 1
        ), loyalty_given_by(earned_steps, versions))
    ), 0)
$$;

-- As what a posting takes of a budget: more for a purchase that is one time already takes no time.
CREATE OR REPLACE FUNCTION loyalty_budget_unit(unit text, steps bigint[], versions bigint[])
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN unit = 'times' AND loyalty_again(steps, versions) THEN 'nothing' ELSE unit END
$$;

-- What points of a promotion take of its budget: one time, the points, or what they stand for.
CREATE OR REPLACE FUNCTION loyalty_budget_use(unit text, worth jsonb, points bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN points <= 0 OR unit = 'nothing' THEN 0
        WHEN unit = 'times' THEN 1
        WHEN unit = 'money' THEN ceil(
            points::numeric * coalesce((worth ->> 'minor')::bigint, 1)
            / coalesce((worth ->> 'points')::bigint, 1)
        )::bigint
        ELSE points
    END
$$
