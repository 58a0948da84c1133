-- What the owner of an account can use at an instant: what is over by it is not counted, what has waited
-- until then is.
CREATE OR REPLACE FUNCTION loyalty_free(account loyalty_account, due_at timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT
        account.posted - account.held - CASE WHEN account.pending = 0 THEN 0 ELSE (
            SELECT coalesce(sum(lot.remaining), 0)::bigint
            FROM loyalty_lot AS lot
            WHERE lot.customer_id = account.customer_id AND lot.account_id = account.id
                AND lot.remaining > 0 AND lot.activated_at IS NULL
                AND (lot.active_at IS NULL OR lot.active_at > due_at)
        ) END - (
            SELECT coalesce(sum(lot.remaining - lot.held), 0)::bigint
            FROM loyalty_lot AS lot
            WHERE lot.customer_id = account.customer_id AND lot.account_id = account.id
                AND lot.remaining > 0 AND lot.expires_at <= due_at
        )
$$;

-- Open missing accounts with 0, then lock all of them in order of customer and id; how they stand. A
-- statement of its own: the one that books afterwards must see what the lock waited for.
DROP FUNCTION IF EXISTS loyalty_lock_accounts(uuid[], bigint, bigint);
CREATE OR REPLACE FUNCTION loyalty_lock_accounts(
    customers uuid[], wanted_currency bigint, wanted_debt_max bigint, due_at timestamptz,
    OUT customer uuid, OUT account_id bigint, OUT debt bigint, OUT balance bigint
) RETURNS SETOF record LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF (
        SELECT count(*) FROM loyalty_account AS account
        WHERE account.customer_id = ANY (customers)
            AND account.currency_id = wanted_currency AND account.kind = 'own'
    ) < cardinality(customers) THEN
        INSERT INTO loyalty_account (customer_id, currency_id, kind, debt_max)
        SELECT wanted.id, wanted_currency, 'own', wanted_debt_max
        FROM unnest(customers) AS wanted (id)
        ORDER BY wanted.id
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN QUERY
        SELECT
            account.customer_id, account.id, account.debt,
            CASE
                WHEN due_at IS NULL THEN account.posted - account.held - account.pending
                ELSE loyalty_free(account, due_at)
            END
        FROM loyalty_account AS account
        WHERE account.customer_id = ANY (customers)
            AND account.currency_id = wanted_currency AND account.kind = 'own'
        ORDER BY account.customer_id, account.id
        FOR NO KEY UPDATE;
END
$$
