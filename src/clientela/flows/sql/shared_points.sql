-- What a customer's page of points tells besides balances, in one look: the lots of which something is
-- left and not over, or held, in the order of use; the kinds of points and whether
-- members give them to each other, whether the customer's main household has other members, and the
-- pools they share in; where they stood and stand (a standing that ended before it began was never
-- had), and the pause of their earning; their wallets with what moved last, what cash is paid to them by
-- itself, and what could be. Members who may not be seen have no name.
SELECT json_build_object(
    'kinds', (
        SELECT coalesce(json_agg(json_build_object(
            'code', kind.code, 'gives', kind.transfers <> '{}'::jsonb
        ) ORDER BY kind.code), '[]')
        FROM loyalty_currency AS kind
        JOIN loyalty_programme AS programme ON programme.code = kind.programme_id
        WHERE programme.closed_at IS NULL
    ),
    'lots', (
        SELECT coalesce(json_agg(listed.told ORDER BY listed.place), '[]')
        FROM (
            SELECT
                row_number() OVER in_use AS place,
                json_build_object(
                    'id', lot.id, 'currency', kind.code, 'left', lot.remaining, 'held', lot.held,
                    'amount', lot.amount,
                    'waits', lot.active_at IS NULL OR lot.active_at > %(now)s,
                    'begins_on', (lot.active_at AT TIME ZONE programme.time_zone)::date,
                    'last_on', (lot.expires_at AT TIME ZONE programme.time_zone
                        - interval '1 microsecond')::date
                ) AS told
            FROM loyalty_lot AS lot
            JOIN loyalty_account AS account
                ON account.customer_id = lot.customer_id AND account.id = lot.account_id
            JOIN loyalty_currency AS kind ON kind.id = account.currency_id
            JOIN loyalty_programme AS programme ON programme.code = kind.programme_id
            WHERE lot.customer_id = ANY (%(family)s::uuid[]) AND lot.remaining > 0
                AND (lot.expires_at IS NULL OR lot.expires_at > %(now)s OR lot.held > 0)
            WINDOW in_use AS (ORDER BY lot.expires_at NULLS LAST, lot.active_at, lot.id)
            ORDER BY place
            LIMIT %(lots_max)s
        ) AS listed
    ),
    'standings', (
        SELECT coalesce(json_agg(json_build_object(
            'labels', stood.labels, 'starts_at', stood.starts_at, 'ends_at', stood.ends_at,
            'kept_until', stood.kept_until
        ) ORDER BY stood.starts_at DESC, stood.id DESC), '[]')
        FROM (
            SELECT standing.*, tier.labels
            FROM loyalty_standing AS standing
            JOIN loyalty_tier AS tier ON tier.id = standing.tier_id
            WHERE standing.customer_id = ANY (%(family)s::uuid[])
                AND standing.ends_at IS DISTINCT FROM standing.starts_at
            ORDER BY standing.starts_at DESC, standing.id DESC
            LIMIT 20
        ) AS stood
    ),
    'pause', (
        SELECT json_build_object(
            'id', pause.id, 'customer_id', pause.customer_id, 'mode', pause.mode,
            'cause', pause.cause, 'starts_at', pause.starts_at, 'made_by', pause.made_by
        )
        FROM loyalty_earningpause AS pause
        WHERE pause.customer_id = ANY (%(family)s::uuid[]) AND pause.ended_at IS NULL
        ORDER BY pause.id
        LIMIT 1
    ),
    'wallets', (
        SELECT coalesce(json_agg(json_build_object(
            'currency', purse.money_code, 'minor', purse.balance_minor,
            'moves', coalesce(moves.told, '[]')
        ) ORDER BY purse.money_code, purse.id), '[]')
        FROM loyalty_purse AS purse
        CROSS JOIN LATERAL (
            SELECT json_agg(json_build_object(
                'kind', entry.kind, 'minor', entry.minor, 'at', entry.booked_at
            ) ORDER BY entry.id DESC) AS told
            FROM (
                SELECT newest.* FROM loyalty_purseentry AS newest
                WHERE newest.purse_id = purse.id
                ORDER BY newest.id DESC
                LIMIT 5
            ) AS entry
        ) AS moves
        WHERE purse.customer_id = ANY (%(family)s::uuid[]) AND purse.kind = 'wallet'
    ),
    'orders', (
        SELECT coalesce(json_agg(json_build_object(
            'reward', reward.key, 'labels', reward.labels, 'way', wanted.way,
            'points', (reward.cash_terms ->> 'auto_points')::bigint, 'at', wanted.ordered_at
        ) ORDER BY wanted.id), '[]')
        FROM loyalty_standingorder AS wanted
        JOIN loyalty_reward AS reward ON reward.id = wanted.reward_id
        WHERE wanted.customer_id = ANY (%(family)s::uuid[]) AND wanted.ended_at IS NULL
    ),
    'payable', (
        SELECT coalesce(json_agg(reward.key ORDER BY reward.position, reward.key), '[]')
        FROM loyalty_reward AS reward
        WHERE reward.kind = 'cash' AND reward.retired_at IS NULL
            AND reward.cash_terms ->> 'auto_points' IS NOT NULL
    ),
    'has_home', EXISTS (
        SELECT FROM customers_membership AS own
        JOIN customers_membership AS other
            ON other.household_id = own.household_id AND other.ends_on IS NULL
            AND other.customer_id <> ALL (%(family)s::uuid[])
        WHERE own.customer_id = ANY (%(family)s::uuid[]) AND own.is_main AND own.ends_on IS NULL
    ),
    'pools', (
        SELECT coalesce(json_agg(json_build_object(
            'id', pool.id, 'currency', kind.code, 'members', shares.members
        ) ORDER BY kind.code), '[]')
        FROM loyalty_pool AS pool
        JOIN loyalty_currency AS kind ON kind.id = pool.currency_id
        JOIN loyalty_programme AS programme ON programme.code = kind.programme_id
        CROSS JOIN LATERAL (
            SELECT json_agg(json_build_object(
                'id', one.id, 'customer', known.id,
                'name', CASE
                    WHEN %(branches)s::text[] IS NULL AND %(restricted)s OR customers_is_seen(
                        known.id, %(branches)s::text[], %(person)s::uuid, %(restricted)s
                    ) THEN known.display_name
                END,
                'is_own', known.id = ANY (%(family)s::uuid[]), 'may_spend', one.may_spend,
                'month_max', one.month_max, 'usable', one.usable, 'used', one.used
            ) ORDER BY one.joined_at, one.id) AS members
            FROM loyalty_pool_members(
                pool.id, %(now)s,
                date_trunc('month', %(now)s::timestamptz, programme.time_zone)
            ) AS one
            JOIN customers_customer AS known ON known.id = one.family[1]
        ) AS shares
        WHERE pool.closed_at IS NULL AND EXISTS (
            SELECT FROM loyalty_poolmember AS own
            WHERE own.pool_id = pool.id AND own.left_at IS NULL
                AND own.customer_id = ANY (%(family)s::uuid[])
        )
    )
)::text
