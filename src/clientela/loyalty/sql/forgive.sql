-- Let go what a customer owes on one account, or `most` of it; nothing where nothing is owed. The
-- account is locked. The posting names no lot: it takes the debt away.
CREATE OR REPLACE FUNCTION loyalty_forgive(
    account bigint, most bigint, name text, content bytea, why text, now timestamptz, who text,
    OUT posting bigint, OUT points bigint
) LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    found loyalty_account%ROWTYPE;
BEGIN
    SELECT * INTO STRICT found FROM loyalty_account AS a WHERE a.id = account FOR NO KEY UPDATE;
    points := least(found.debt, coalesce(most, found.debt));
    IF points < 1 THEN
        points := 0;
        RETURN;
    END IF;
    INSERT INTO loyalty_posting (
        customer_id, currency_id, kind, source, key, body_hash, occurred_at, posted_at, actor, steps
    ) VALUES (
        found.customer_id, found.currency_id, 'forgive', 'debt', name, content, now, now, who, '{}'
    ) RETURNING id INTO posting;
    INSERT INTO loyalty_entry (customer_id, posting_id, debit_id, credit_id, amount, occurred_at)
    VALUES (found.customer_id, posting, -4, account, points, now);
    INSERT INTO loyalty_postingreason (customer_id, posting_id, words, actor, given_at)
    VALUES (found.customer_id, posting, why, who, now);
    UPDATE loyalty_account AS a
    SET posted = a.posted + points, debt = a.debt - points, version = a.version + 1
    WHERE a.id = account AND a.customer_id = found.customer_id;
END
$$
