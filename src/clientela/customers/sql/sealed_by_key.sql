-- How many values each key has sealed in records and in their history.
SELECT key, sum(many)::bigint
FROM (
    SELECT split_part(one.value ->> 'sealed', '.', 1) AS key, count(*) AS many
    FROM customers_customer AS customer
    CROSS JOIN LATERAL jsonb_each(customer.attributes) AS one
    WHERE customer.attributes @? '$.*.sealed' AND one.value -> 'sealed' IS NOT NULL
    GROUP BY 1
    UNION ALL
    SELECT split_part(value ->> 'sealed', '.', 1), count(*)
    FROM customers_fieldchange
    CROSS JOIN LATERAL unnest(ARRAY[old, new]) AS value
    WHERE value -> 'sealed' IS NOT NULL
    GROUP BY 1
) AS counted
GROUP BY key
