-- Take what is over from these accounts, which are locked: a posting for each lot, by its remainder that
-- nobody holds. It happened when the lot ended, whenever this is run. The key counts how often this lot
-- expired, for points may be given back to a lot that is over.
CREATE OR REPLACE FUNCTION loyalty_expire(accounts bigint[], now timestamptz, who text)
RETURNS TABLE (customer uuid, currency text, happened timestamptz, points bigint, lots bigint)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN QUERY
        WITH gone AS MATERIALIZED (
            SELECT due.*, nextval('loyalty_posting_id_seq') AS posting_id
            FROM (
                SELECT
                    lot.id, lot.customer_id, lot.account_id, lot.remaining - lot.held AS amount,
                    lot.expires_at, lot.times_expired, account.currency_id
                FROM unnest(accounts) AS wanted (id)
                JOIN loyalty_account AS account ON account.id = wanted.id
                JOIN loyalty_lot AS lot
                    ON lot.customer_id = account.customer_id AND lot.account_id = account.id
                WHERE lot.remaining > 0 AND lot.remaining > lot.held AND lot.expires_at <= now
                ORDER BY lot.expires_at, lot.id
            ) AS due
        ),
        posted AS (
            INSERT INTO loyalty_posting (
                id, customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at,
                actor, steps
            )
            SELECT
                gone.posting_id, gone.customer_id, gone.currency_id, 'expire', 'lot',
                gone.id::text || '/' || gone.times_expired + 1, uuid_send(gone.id), gone.expires_at,
                now, who, '{}'
            FROM gone
            ORDER BY gone.posting_id
        ),
        entries AS (
            INSERT INTO loyalty_entry (
                customer_id, posting_id, debit_id, credit_id, amount, occurred_at
            )
            SELECT gone.customer_id, gone.posting_id, gone.account_id, -3, gone.amount, gone.expires_at
            FROM gone
            ORDER BY gone.posting_id
        ),
        taken AS (
            INSERT INTO loyalty_allocation (customer_id, posting_id, lot_id, amount)
            SELECT gone.customer_id, gone.posting_id, gone.id, gone.amount FROM gone
        ),
        ended AS (
            UPDATE loyalty_lot AS lot
            SET remaining = lot.remaining - gone.amount, times_expired = lot.times_expired + 1
            FROM gone
            WHERE lot.id = gone.id AND lot.customer_id = gone.customer_id
        ),
        moved AS (
            UPDATE loyalty_account AS account
            SET posted = account.posted - sums.amount, version = account.version + 1
            FROM (
                SELECT gone.account_id, gone.customer_id, sum(gone.amount)::bigint AS amount
                FROM gone
                GROUP BY gone.account_id, gone.customer_id
            ) AS sums
            WHERE account.id = sums.account_id AND account.customer_id = sums.customer_id
        )
        SELECT
            gone.customer_id, currency.code::text, gone.expires_at, sum(gone.amount)::bigint, count(*)
        FROM gone
        JOIN loyalty_currency AS currency ON currency.id = gone.currency_id
        GROUP BY gone.customer_id, currency.code, gone.expires_at
        ORDER BY gone.expires_at, gone.customer_id;
END
$$
