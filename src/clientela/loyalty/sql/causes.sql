-- Every entry has its posting, and every earning posting its lot; nothing earns for a purchase that is
-- not there.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('pos_' || posting_id) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        entry.posting_id,
        posting.id IS NULL
            OR (posting.kind IN ('earn', 'grant') AND lot.id IS NULL)
            OR (posting.purchase_id IS NOT NULL AND purchase.id IS NULL) AS wrong
    FROM loyalty_entry AS entry
    LEFT JOIN loyalty_posting AS posting
        ON posting.id = entry.posting_id AND posting.customer_id = entry.customer_id
    LEFT JOIN loyalty_lot AS lot
        ON lot.customer_id = posting.customer_id AND lot.posting_id = posting.id
    LEFT JOIN purchases_purchase AS purchase
        ON purchase.customer_id = posting.customer_id AND purchase.id = posting.purchase_id
) AS entry
