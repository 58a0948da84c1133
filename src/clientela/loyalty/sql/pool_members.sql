-- What a member used, or holds, of the points of the others of a pool since an instant, less what was
-- given back.
CREATE OR REPLACE FUNCTION loyalty_used_of_pool(
    family uuid[], shared uuid, wanted_currency bigint, since timestamptz
) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(used.points), 0)::bigint
    FROM (
        SELECT CASE posting.kind WHEN 'redeem' THEN entry.amount ELSE -entry.amount END AS points
        FROM loyalty_poolmember AS sharer
        JOIN loyalty_posting AS posting
            ON posting.customer_id = sharer.customer_id AND posting.posted_at >= since
            AND posting.member_id = ANY (family) AND posting.kind IN ('redeem', 'restore')
            AND posting.currency_id = wanted_currency
        JOIN loyalty_entry AS entry
            ON entry.customer_id = posting.customer_id AND entry.posting_id = posting.id
        WHERE sharer.pool_id = shared AND sharer.customer_id <> ALL (family)
        UNION ALL
        SELECT part.amount
        FROM loyalty_hold AS hold
        JOIN loyalty_holdlot AS part ON part.hold_id = hold.id
        WHERE hold.customer_id = ANY (family) AND hold.placed_at >= since
            AND hold.currency_id = wanted_currency AND part.customer_id <> ALL (family)
            AND NOT EXISTS (SELECT FROM loyalty_holdend AS ended WHERE ended.hold_id = hold.id)
    ) AS used
$$;

-- The members of a pool, the first to join first: the records of each, what they bring (usable now, less
-- what they owe), and what they used or hold of the others since an instant.
CREATE OR REPLACE FUNCTION loyalty_pool_members(shared uuid, now timestamptz, since timestamptz)
RETURNS TABLE (
    id uuid, family uuid[], may_spend boolean, month_max bigint, joined_at timestamptz, usable bigint,
    used bigint
) LANGUAGE sql STABLE AS $$
    SELECT
        sharer.id, whole.family, sharer.may_spend, sharer.month_max, sharer.joined_at,
        brought.points - owed.points,
        loyalty_used_of_pool(whole.family, sharer.pool_id, pool.currency_id, since)
    FROM loyalty_pool AS pool
    JOIN loyalty_poolmember AS sharer ON sharer.pool_id = pool.id AND sharer.left_at IS NULL
    CROSS JOIN LATERAL (SELECT customers_family(sharer.customer_id) AS family) AS whole
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(account.debt), 0)::bigint AS points
        FROM loyalty_account AS account
        WHERE account.customer_id = ANY (whole.family) AND account.currency_id = pool.currency_id
    ) AS owed
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(lot.remaining - lot.held), 0)::bigint AS points
        FROM loyalty_account AS account
        JOIN loyalty_lot AS lot
            ON lot.customer_id = account.customer_id AND lot.account_id = account.id
        WHERE account.customer_id = ANY (whole.family) AND account.currency_id = pool.currency_id
            AND lot.remaining > 0 AND lot.active_at <= now
            AND (lot.expires_at IS NULL OR lot.expires_at > now)
    ) AS brought
    WHERE pool.id = shared
    ORDER BY sharer.joined_at, sharer.id
    LIMIT 50
$$
