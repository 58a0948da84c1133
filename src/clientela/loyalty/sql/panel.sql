-- The customer's points. What is over, or not active yet, is neither shown nor spendable, whether or
-- not the day's jobs have run.
CREATE OR REPLACE FUNCTION loyalty_panel(family uuid[], today date, now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'currency', points.code,
            'available', points.available,
            'pending', points.pending,
            'held', points.held,
            'debt', points.debt,
            'worth', CASE WHEN points.worth ? 'points' THEN json_build_object(
                'minor', greatest(points.available, 0) * (points.worth ->> 'minor')::bigint
                    / (points.worth ->> 'points')::bigint,
                'currency', points.worth ->> 'currency'
            ) END,
            'expiring', coalesce(points.expiring -> 0, '[]'),
            'tier', points.standing ->> 'tier',
            'next_tier', points.standing ->> 'next_tier',
            'to_next', (points.standing ->> 'to_next')::bigint,
            'standing', points.standing,
            'entries', loyalty_latest(family, points.currency_id)
        ) ORDER BY points.code), '[]')
        FROM (
            SELECT
                currency.code, currency.id AS currency_id,
                currency.worth,
                loyalty_standing_of(family, currency.id, programme.time_zone, today, now) AS standing,
                sum(account.held)::bigint AS held,
                sum(account.posted - account.held - idle.gone - idle.waiting)::bigint AS available,
                sum(idle.waiting)::bigint AS pending,
                sum(account.debt)::bigint AS debt,
                json_agg(idle.expiring) FILTER (WHERE idle.expiring IS NOT NULL) AS expiring
            FROM loyalty_account AS account
            JOIN loyalty_currency AS currency ON currency.id = account.currency_id
            JOIN loyalty_programme AS programme ON programme.code = currency.programme_id
            CROSS JOIN LATERAL (
                SELECT
                    coalesce((
                        SELECT sum(lot.remaining - lot.held)
                        FROM loyalty_lot AS lot
                        WHERE lot.customer_id = account.customer_id
                            AND lot.account_id = account.id
                            AND lot.remaining > 0
                            AND lot.expires_at <= now
                    ), 0) AS gone,
                    CASE WHEN account.pending = 0 THEN 0 ELSE coalesce((
                        SELECT sum(lot.remaining - lot.held)
                        FROM loyalty_lot AS lot
                        WHERE lot.customer_id = account.customer_id
                            AND lot.account_id = account.id
                            AND lot.remaining > 0
                            AND (lot.active_at IS NULL OR lot.active_at > now)
                            AND (lot.expires_at IS NULL OR lot.expires_at > now)
                    ), 0) END AS waiting,
                    (
                        SELECT json_agg(json_build_object('on', day.ends_on, 'points', day.points)
                            ORDER BY day.ends_on)
                        FROM (
                            SELECT
                                (lot.expires_at AT TIME ZONE programme.time_zone
                                    - interval '1 microsecond')::date AS ends_on,
                                sum(lot.remaining - lot.held) AS points
                            FROM loyalty_lot AS lot
                            WHERE lot.customer_id = account.customer_id
                                AND lot.account_id = account.id
                                AND lot.remaining > 0
                                AND lot.remaining > lot.held
                                AND lot.expires_at > now
                            GROUP BY 1
                            ORDER BY 1
                            LIMIT 24
                        ) AS day
                    ) AS expiring
            ) AS idle
            WHERE account.customer_id = ANY (family)
            GROUP BY currency.id, programme.time_zone
        ) AS points
    );
END
$$;
