-- The last three postings of a family in one currency, newest first; none that only moves points within the family.
CREATE OR REPLACE FUNCTION loyalty_latest(family uuid[], currency bigint) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'id', 'pos_' || posting.id,
            'occurred_at', posting.occurred_at,
            'kind', posting.kind,
            'points', line.points
        ) ORDER BY line.id DESC), '[]')
        FROM (
            SELECT newest.*
            FROM loyalty_account AS account
            CROSS JOIN LATERAL (
                SELECT
                    entry.id, entry.customer_id, entry.posting_id,
                    CASE WHEN entry.credit_id = entry.account_id
                        THEN entry.amount ELSE -entry.amount END AS points
                FROM loyalty_entry AS entry
                WHERE entry.customer_id = account.customer_id AND entry.account_id = account.id
                    AND (cardinality(family) = 1 OR NOT EXISTS (
                        SELECT FROM loyalty_posting AS inner_one
                        WHERE inner_one.id = entry.posting_id
                            AND inner_one.customer_id = entry.customer_id
                            AND inner_one.kind IN ('carry_out', 'carry_in')
                            AND inner_one.member_id = ANY (family)
                    ))
                ORDER BY entry.id DESC
                LIMIT 3
            ) AS newest
            WHERE account.customer_id = ANY (family) AND account.currency_id = currency
            ORDER BY newest.id DESC
            LIMIT 3
        ) AS line
        JOIN loyalty_posting AS posting
            ON posting.id = line.posting_id AND posting.customer_id = line.customer_id
    );
END
$$;
