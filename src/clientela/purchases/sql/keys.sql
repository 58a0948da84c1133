-- Each purchase is in the look-up table once, and the table holds no purchase that is not there.
SELECT
    count(*),
    count(*) FILTER (WHERE purchase.id IS NULL OR key.record_id IS NULL),
    (array_agg('pur_' || replace(coalesce(purchase.id, key.record_id)::text, '-', ''))
        FILTER (WHERE purchase.id IS NULL OR key.record_id IS NULL))[1:10]
FROM purchases_purchase AS purchase
FULL JOIN (SELECT * FROM purchases_key WHERE kind = 'purchase') AS key
    ON key.record_id = purchase.id
    AND key.customer_id = purchase.customer_id
    AND key.source = purchase.source
    AND key.external_ref = purchase.external_ref
