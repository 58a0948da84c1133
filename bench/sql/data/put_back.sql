-- Take away what measurements have added to the {size} customers, so that each begins alike.
TRUNCATE loyalty_couponkey, loyalty_redemptionkey, loyalty_poolcode, loyalty_daystep;
DELETE FROM loyalty_coupon;
DELETE FROM loyalty_redemption;
UPDATE loyalty_couponpool SET issued = 0;
DELETE FROM loyalty_standing WHERE id > '01940000-0000-7000-8000-000000000000';
UPDATE loyalty_standing SET ends_at = NULL, kept_until = current_date + 300
WHERE ends_at IS NOT NULL OR kept_until < current_date;
UPDATE loyalty_account SET pending = 0, earned = 0, measure_at = 0, measured_by = 0
WHERE pending > 0 OR earned > 0 OR measured_by > 0;

UPDATE loyalty_account AS account
SET posted = account.posted - added.points, version = 0
FROM (
    SELECT moved.id, sum(moved.amount)::bigint AS points
    FROM (
        SELECT credit_id AS id, amount FROM loyalty_entry WHERE id > {purchases}
        UNION ALL
        SELECT debit_id, -amount FROM loyalty_entry WHERE id > {purchases}
    ) AS moved
    GROUP BY moved.id
) AS added
WHERE account.id = added.id;

DELETE FROM loyalty_allocation AS allocation
USING loyalty_posting AS posting
WHERE posting.id > {purchases}
    AND allocation.customer_id = posting.customer_id AND allocation.posting_id = posting.id;

DELETE FROM loyalty_lot AS lot
USING loyalty_posting AS posting
WHERE posting.id > {purchases}
    AND lot.customer_id = posting.customer_id AND lot.posting_id = posting.id;

UPDATE loyalty_lot SET remaining = amount WHERE remaining < amount;

DELETE FROM loyalty_entry WHERE id > {purchases};
DELETE FROM loyalty_posting WHERE id > {purchases};
DELETE FROM events_event WHERE id > {size} * 3 + {purchases} * 2;

WITH named AS (
    DELETE FROM purchases_key WHERE kind = 'purchase' AND source = 'bench' RETURNING record_id
)
DELETE FROM purchases_purchase AS purchase USING named WHERE purchase.id = named.record_id;

TRUNCATE customers_access;
