-- Where a family stands on the ladder of a currency, and how far it is to the next step; nothing where
-- there is no ladder. `tier` and `next_tier` are in the customer's language, English where it is missing.
CREATE OR REPLACE FUNCTION loyalty_standing_of(
    family uuid[], wanted_currency bigint, zone text, today date, now timestamptz
) RETURNS jsonb LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ladder loyalty_tierset%ROWTYPE;
    tongue text;
    figure bigint;
    came_on date;
BEGIN
    SELECT * INTO ladder FROM loyalty_tierset AS listed
    WHERE listed.currency_id = wanted_currency ORDER BY listed.key LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT customer.language INTO tongue FROM customers_customer AS customer WHERE customer.id = family[1];
    IF ladder.time_window = 'anniversary' THEN
        SELECT min(customer.known_since) INTO came_on
        FROM customers_customer AS customer WHERE customer.id = ANY (family);
    END IF;
    figure := loyalty_measured(
        family, ladder.key,
        loyalty_window_start(ladder.time_window, today, came_on) AT TIME ZONE zone,
        now + CASE WHEN ladder.measure IN ('products', 'balance') THEN interval '1 microsecond'
            ELSE interval '1 day' END  -- a till's clock may go before ours
    );
    RETURN (
        SELECT jsonb_build_object(
            'key', tier.key,
            'labels', tier.labels,
            'benefits', tier.benefits,
            'staff_notes', tier.staff_notes,
            'tier', coalesce(tier.labels ->> tongue, tier.labels ->> 'en', tier.key),
            'threshold', tier.threshold,
            'since', (standing.starts_at AT TIME ZONE zone)::date,
            'kept_until', standing.kept_until,
            'measure', ladder.measure,
            'currency', nullif(ladder.money_code, ''),
            'measured', figure,
            'next_key', next.key,
            'next_labels', next.labels,
            'next_tier', coalesce(next.labels ->> tongue, next.labels ->> 'en', next.key),
            'next_threshold', next.threshold,
            'to_next', greatest(next.threshold - figure, 0),
            'coming', (
                SELECT jsonb_build_object(
                    'key', step.key, 'labels', step.labels,
                    'on', (held.starts_at AT TIME ZONE zone)::date
                )
                FROM loyalty_standing AS held
                JOIN loyalty_tier AS step ON step.id = held.tier_id
                WHERE held.customer_id = ANY (family) AND held.tier_set_id = ladder.key
                    AND held.ends_at IS NULL AND held.starts_at > now
                ORDER BY step.threshold DESC
                LIMIT 1
            )
        )
        FROM (SELECT) AS one
        LEFT JOIN LATERAL (
            SELECT held.tier_id, held.kept_until, held.starts_at
            FROM loyalty_standing AS held
            JOIN loyalty_tier AS step ON step.id = held.tier_id
            WHERE held.customer_id = ANY (family) AND held.tier_set_id = ladder.key
                AND held.starts_at <= now AND (held.ends_at IS NULL OR held.ends_at > now)
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
CREATE OR REPLACE FUNCTION loyalty_window_start(
    time_window text, today date, came_on date
) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE time_window
        WHEN 'calendar' THEN date_trunc('year', today::timestamp)
        WHEN 'lifetime' THEN '-infinity'::timestamp
        WHEN 'anniversary' THEN came_on::timestamp + make_interval(years =>
            (extract(year FROM today) - extract(year FROM came_on))::integer
            - (came_on::timestamp + make_interval(years =>
                (extract(year FROM today) - extract(year FROM came_on))::integer)
                > today::timestamp)::integer
        )
        ELSE today::timestamp - interval '12 months' + interval '1 day'
    END
$$
