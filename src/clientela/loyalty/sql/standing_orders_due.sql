-- Standing orders of a programme behind this one, by their id: what of their customer's points may become
-- cash now, less what is owed, how much was done for them this day, and whether they are due: the points
-- reach what the reward names, and of this reward nothing was done this day.
WITH listed AS MATERIALIZED (
    SELECT
        wanted.id, wanted.reward_id, wanted.way, reward.currency_id,
        (reward.cash_terms ->> 'auto_points')::bigint AS least,
        customers_family(wanted.customer_id) AS family
    FROM loyalty_standingorder AS wanted
    JOIN loyalty_reward AS reward ON reward.id = wanted.reward_id
    JOIN loyalty_currency AS kind ON kind.id = reward.currency_id
    WHERE wanted.ended_at IS NULL AND wanted.id > %(after)s
        AND kind.programme_id = %(programme)s AND reward.retired_at IS NULL
    ORDER BY wanted.id
    LIMIT %(limit)s
)
SELECT
    listed.id, listed.family[1], listed.reward_id, listed.way, points.usable, acts.done,
    listed.least IS NOT NULL AND points.usable >= listed.least AND NOT acts.is_done
FROM listed
CROSS JOIN LATERAL (
    SELECT
        (coalesce(sum((
            SELECT sum(lot.remaining - lot.held)
            FROM loyalty_lot AS lot
            WHERE lot.customer_id = account.customer_id AND lot.account_id = account.id
                AND lot.remaining > 0 AND lot.activated_at IS NOT NULL AND lot.cashable
                AND lot.active_at <= %(at)s AND (lot.expires_at IS NULL OR lot.expires_at > %(at)s)
        )), 0) - coalesce(sum(account.debt), 0))::bigint AS usable
    FROM loyalty_account AS account
    WHERE account.customer_id = ANY (listed.family) AND account.currency_id = listed.currency_id
) AS points
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE act.stopped = '') AS done,
        coalesce(bool_or(act.reward_id = listed.reward_id), false) AS is_done
    FROM loyalty_automaticact AS act
    WHERE act.customer_id = ANY (listed.family) AND act.acted_on = %(day)s
) AS acts
ORDER BY listed.id
