-- What the customer bought: the last five purchases, and twelve months by currency.
CREATE OR REPLACE FUNCTION purchases_panel(family uuid[], today date, now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'latest', coalesce((
                SELECT json_agg(json_build_object(
                    'id', 'pur_' || replace(bought.id::text, '-', ''),
                    'purchased_at', bought.purchased_at,
                    'total', json_build_object(
                        'minor', bought.total_minor, 'currency', bought.currency
                    ),
                    'returned', json_build_object(
                        'minor', bought.returned_minor, 'currency', bought.currency
                    ),
                    'channel', bought.channel,
                    'place', bought.place
                ) ORDER BY bought.purchased_at DESC, bought.id DESC)
                FROM (
                    SELECT newest.*
                    FROM unnest(family) AS member (id)
                    CROSS JOIN LATERAL (
                        SELECT id, purchased_at, total_minor, returned_minor, currency, channel, place
                        FROM purchases_purchase
                        WHERE customer_id = member.id
                        ORDER BY purchased_at DESC, id DESC
                        LIMIT 5
                    ) AS newest
                    ORDER BY newest.purchased_at DESC, newest.id DESC
                    LIMIT 5
                ) AS bought
            ), '[]'),
            'year', coalesce((
                SELECT json_agg(json_build_object(
                    'currency', spent.currency,
                    'purchases', spent.purchases,
                    'spent', json_build_object('minor', spent.minor, 'currency', spent.currency)
                ) ORDER BY spent.minor DESC)
                FROM (
                    SELECT currency, count(*) AS purchases, sum(total_minor - returned_minor) AS minor
                    FROM purchases_purchase
                    WHERE customer_id = ANY (family) AND purchased_at >= now - interval '1 year'
                    GROUP BY currency
                ) AS spent
            ), '[]')
        )
    );
END
$$;
