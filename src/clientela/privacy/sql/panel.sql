-- What limits the use of a customer's data now, and until when they do not want to be written to.
CREATE OR REPLACE FUNCTION privacy_panel(family uuid[], today date, now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'restrictions', coalesce((
                SELECT json_agg(json_build_object(
                    'id', 'rst_' || replace(restriction.id::text, '-', ''),
                    'kind', restriction.kind,
                    'since', restriction.set_at,
                    'until', restriction.until_on
                ) ORDER BY restriction.set_at, restriction.id)
                FROM privacy_restriction AS restriction
                WHERE restriction.customer_id = ANY (family) AND restriction.lifted_at IS NULL
            ), '[]'),
            'paused_until', (
                SELECT CASE WHEN preference.paused_until > today THEN preference.paused_until END
                FROM privacy_preference AS preference
                WHERE preference.customer_id = ANY (family)
                ORDER BY preference.decided_at DESC, preference.id DESC
                LIMIT 1
            )
        )
    );
END
$$;

-- Whether a customer stands under one of these restrictions; asked by panels of other apps.
CREATE OR REPLACE FUNCTION privacy_forbids(family uuid[], kinds text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM privacy_restriction
        WHERE customer_id = ANY (family) AND lifted_at IS NULL AND kind = ANY (kinds)
    );
END
$$;
