-- Every record a standing merge moved has a survivor, and who has one was moved by a standing merge. An
-- installation may hold links that are older than this table: they count as made.
SELECT
    count(*),
    count(*) FILTER (WHERE wrong),
    (array_agg('mrg_' || replace(merge_id::text, '-', '')) FILTER (WHERE wrong))[1:10]
FROM (
    SELECT
        merge.id AS merge_id,
        customer.id IS NULL
            OR (reversal.merge_id IS NULL AND customer.merged_into IS NULL)
            OR (reversal.merge_id IS NULL AND survivor.id IS NULL) AS wrong
    FROM matching_mergedrecord AS record
    JOIN matching_merge AS merge ON merge.id = record.merge_id
    LEFT JOIN matching_reversal AS reversal ON reversal.merge_id = merge.id
    LEFT JOIN customers_customer AS customer ON customer.id = record.customer_id
    LEFT JOIN customers_customer AS survivor ON survivor.id = customer.merged_into
) AS checked
