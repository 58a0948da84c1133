-- What a ladder measures of a family from an instant to another: money spent less what came back, or
-- points earned less what returns took back. Spending points does not count.
CREATE OR REPLACE FUNCTION loyalty_measured(
    family uuid[], ladder text, since timestamptz, until timestamptz
) RETURNS bigint LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    wanted loyalty_tierset%ROWTYPE;
BEGIN
    SELECT * INTO STRICT wanted FROM loyalty_tierset AS listed WHERE listed.key = ladder;
    IF wanted.measure = 'spend' THEN
        RETURN (
            SELECT coalesce(sum(purchase.total_minor - purchase.returned_minor), 0)
            FROM purchases_purchase AS purchase
            WHERE purchase.customer_id = ANY (family) AND purchase.currency = wanted.money_code
                AND purchase.purchased_at >= since AND purchase.purchased_at < until
        );
    END IF;
    RETURN (
        SELECT coalesce(sum(entry.amount), 0) - coalesce(sum((
            SELECT coalesce(sum(back.amount), 0)
            FROM loyalty_posting AS reversal
            JOIN loyalty_entry AS back
                ON back.customer_id = reversal.customer_id AND back.posting_id = reversal.id
            WHERE reversal.customer_id = earned.customer_id
                AND reversal.purchase_id = earned.purchase_id AND reversal.reverses_id = earned.id
        )), 0)
        FROM loyalty_posting AS earned
        JOIN loyalty_entry AS entry
            ON entry.customer_id = earned.customer_id AND entry.posting_id = earned.id
        WHERE earned.customer_id = ANY (family) AND earned.kind = 'earn'
            AND earned.currency_id = wanted.currency_id
            AND earned.occurred_at >= since AND earned.occurred_at < until
    );
END
$$
