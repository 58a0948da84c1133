-- Every merged customer points to one that still stands (links are flat).
SELECT
    count(*),
    count(*) FILTER (WHERE survivor.id IS NULL OR survivor.merged_into IS NOT NULL),
    (array_agg('cus_' || replace(alias.id::text, '-', ''))
        FILTER (WHERE survivor.id IS NULL OR survivor.merged_into IS NOT NULL))[1:10]
FROM customers_customer AS alias
LEFT JOIN customers_customer AS survivor ON survivor.id = alias.merged_into
WHERE alias.merged_into IS NOT NULL
