-- Points given and taken by hand have their adjustment, which says who and why; what waits for a second
-- person has moved nothing. What was taken after a return could not has its decision.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg(what) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        'pos_' || posting.id AS what,
        posting.source = 'adjustment' AND adjustment.id IS NULL
            OR adjustment.is_open
            OR abs(adjustment.points) <> entry.amount AS wrong
    FROM loyalty_posting AS posting
    LEFT JOIN loyalty_entry AS entry
        ON entry.customer_id = posting.customer_id AND entry.posting_id = posting.id
    LEFT JOIN loyalty_adjustment AS adjustment
        ON adjustment.customer_id = posting.customer_id AND adjustment.posting_id = posting.id
    WHERE posting.kind IN ('grant', 'adjust') AND posting.source = 'adjustment'
    UNION ALL
    SELECT
        'adj_' || replace(adjustment.id::text, '-', ''),
        posting.id IS NULL
    FROM loyalty_adjustment AS adjustment
    LEFT JOIN loyalty_posting AS posting
        ON posting.customer_id = adjustment.customer_id AND posting.id = adjustment.posting_id
    WHERE adjustment.posting_id IS NOT NULL
    UNION ALL
    SELECT
        'pos_' || posting.id,
        decision.id IS NULL OR decision.points <> entry.amount OR decision.points > refused.forgiven
    FROM loyalty_posting AS posting
    JOIN loyalty_entry AS entry
        ON entry.customer_id = posting.customer_id AND entry.posting_id = posting.id
    LEFT JOIN loyalty_clawbackdecision AS decision
        ON decision.taken_by = posting.id
    LEFT JOIN loyalty_posting AS refused
        ON refused.customer_id = decision.customer_id AND refused.id = decision.posting_id
    WHERE posting.kind = 'adjust' AND posting.source = 'clawback'
) AS checked
