-- The points that some rules gave, by the steps of a posting (triples: version, before, after).
CREATE OR REPLACE FUNCTION loyalty_given_by(steps bigint[], versions bigint[]) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(sum(steps[place + 2] - steps[place + 1]), 0)::bigint
    FROM generate_subscripts(steps, 1) AS place
    WHERE place % 3 = 1 AND steps[place] = ANY (versions)
$$;

-- Whether a posting gave more of what some rules (or any) had given to the same purchase before it was put
-- right: one purchase is one time. It stands between two steps of -3.
CREATE OR REPLACE FUNCTION loyalty_again(steps bigint[], versions bigint[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(bool_or(versions IS NULL OR step.version = ANY (versions)), false)
    FROM (
        SELECT
            steps[place] AS version,
            count(*) FILTER (WHERE steps[place] = -3) OVER (ORDER BY place) AS marks
        FROM generate_subscripts(steps, 1) AS place
        WHERE place % 3 = 1
    ) AS step
    WHERE step.marks = 1 AND step.version > 0
$$;

-- What postings of a customer's period count for a cap: what was earned while the cap was in force, less
-- what returns took back of it. For the cap of one rule, what that rule gave.
CREATE OR REPLACE FUNCTION loyalty_counted(customer uuid, wanted_cap bigint, wanted_starts_on date)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(CASE
        WHEN cap.unit = 'times' THEN (
            left_of.points > 0 AND NOT loyalty_again(earned.steps, versions.ids)
        )::integer
        ELSE greatest(left_of.points, 0)
    END), 0)::bigint
    FROM loyalty_cap AS cap
    JOIN loyalty_currency AS currency ON currency.id = cap.currency_id
    JOIN loyalty_programme AS programme ON programme.code = currency.programme_id
    JOIN loyalty_posting AS earned
        ON earned.customer_id = customer AND earned.currency_id = cap.currency_id
        AND earned.kind = 'earn' AND earned.posted_at >= cap.made_at
        AND (cap.ended_at IS NULL OR earned.posted_at < cap.ended_at)
    JOIN loyalty_entry AS entry
        ON entry.customer_id = earned.customer_id AND entry.posting_id = earned.id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(coalesce(taken.amount, 0) + back.forgiven), 0) AS points
        FROM loyalty_posting AS back
        LEFT JOIN loyalty_entry AS taken
            ON taken.customer_id = back.customer_id AND taken.posting_id = back.id
        WHERE back.customer_id = earned.customer_id AND back.reverses_id = earned.id
            AND back.kind = 'reverse'
    ) AS back
    LEFT JOIN LATERAL (
        SELECT last.steps FROM loyalty_posting AS last
        WHERE last.customer_id = earned.customer_id AND last.reverses_id = earned.id
            AND last.kind = 'reverse'
        ORDER BY last.id DESC
        LIMIT 1
    ) AS newest ON true
    CROSS JOIN LATERAL (
        SELECT array_agg(version.id) AS ids FROM loyalty_ruleversion AS version
        WHERE version.rule_id = cap.rule_id
    ) AS versions
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN cap.rule_id IS NULL THEN entry.amount - back.points
            WHEN newest.steps IS NULL THEN loyalty_given_by(earned.steps, versions.ids)
            ELSE least(
                loyalty_given_by(earned.steps, versions.ids),
                greatest(loyalty_given_by(newest.steps, versions.ids), 0)
            )
        END AS points
    ) AS left_of
    WHERE cap.id = wanted_cap
        AND wanted_starts_on = CASE cap.period
            WHEN 'ever' THEN date '1970-01-01'
            ELSE date_trunc(cap.period, earned.occurred_at AT TIME ZONE programme.time_zone)::date
        END
$$
