-- Where a family stands on the ladder of a currency, and how far it is to the next step; nothing where
-- there is no ladder. `tier` and `next_tier` are in the customer's language, English where it is missing.
CREATE OR REPLACE FUNCTION loyalty_standing_of(
    family uuid[], wanted_currency bigint, zone text, today date, now timestamptz
) RETURNS jsonb LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ladder loyalty_tierset%ROWTYPE;
    tongue text;
    figure bigint;
BEGIN
    SELECT * INTO ladder FROM loyalty_tierset AS listed
    WHERE listed.currency_id = wanted_currency ORDER BY listed.key LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT customer.language INTO tongue FROM customers_customer AS customer WHERE customer.id = family[1];
    figure := loyalty_measured(
        family, ladder.key, loyalty_window_start(ladder.time_window, today) AT TIME ZONE zone,
        now + interval '1 day'  -- a till's clock may go before ours
    );
    RETURN (
        SELECT jsonb_build_object(
            'key', tier.key,
            'labels', tier.labels,
            'benefits', tier.benefits,
            'tier', coalesce(tier.labels ->> tongue, tier.labels ->> 'en', tier.key),
            'threshold', tier.threshold,
            'kept_until', standing.kept_until,
            'measure', ladder.measure,
            'currency', nullif(ladder.money_code, ''),
            'measured', figure,
            'next_key', next.key,
            'next_labels', next.labels,
            'next_tier', coalesce(next.labels ->> tongue, next.labels ->> 'en', next.key),
            'next_threshold', next.threshold,
            'to_next', greatest(next.threshold - figure, 0)
        )
        FROM (SELECT) AS one
        LEFT JOIN LATERAL (
            SELECT held.tier_id, held.kept_until
            FROM loyalty_standing AS held
            JOIN loyalty_tier AS step ON step.id = held.tier_id
            WHERE held.customer_id = ANY (family) AND held.tier_set_id = ladder.key
                AND held.ends_at IS NULL
            ORDER BY step.threshold DESC
            LIMIT 1
        ) AS standing ON true
        LEFT JOIN loyalty_tier AS tier ON tier.id = standing.tier_id
        LEFT JOIN LATERAL (
            SELECT step.key, step.labels, step.threshold
            FROM loyalty_tier AS step
            WHERE step.tier_set_id = ladder.key AND step.threshold > coalesce(tier.threshold, 0)
            ORDER BY step.threshold
            LIMIT 1
        ) AS next ON true
    );
END
$$;

-- The first moment, as local time, of what a ladder looks at on this day.
CREATE OR REPLACE FUNCTION loyalty_window_start(time_window text, today date) RETURNS timestamp
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE time_window
        WHEN 'calendar' THEN date_trunc('year', today::timestamp)
        ELSE today::timestamp - interval '12 months' + interval '1 day'
    END
$$
