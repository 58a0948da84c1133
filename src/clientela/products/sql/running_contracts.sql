-- Contracts that run: accounts and plans with a number, that are not over. Until when, where it is known.
SELECT
    count(*),
    CASE WHEN bool_and(matures_on IS NOT NULL) THEN max(matures_on) END
FROM products_holding
WHERE customer_id = ANY (%(family)s::uuid[])
    AND number <> ''
    AND status IN ('applied', 'approved', 'active', 'dormant', 'overpaid')
    AND (closed_on IS NULL OR closed_on > %(today)s::date)
    AND (matures_on IS NULL OR matures_on > %(today)s::date)
