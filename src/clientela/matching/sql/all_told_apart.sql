-- Pairs of customers that somebody decided are two, as they stand today.
SELECT DISTINCT coalesce(low.merged_into, low.id), coalesce(high.merged_into, high.id)
FROM matching_notduplicate AS told
JOIN customers_customer AS low ON low.id = told.customer_id
JOIN customers_customer AS high ON high.id = told.other_id
WHERE told.lifted_at IS NULL
    AND matching_told_apart(low.id, high.id)
