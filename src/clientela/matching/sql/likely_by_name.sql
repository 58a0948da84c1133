-- Customers whose names hold all words of these names; at most so many of each.
SELECT wanted.place, found.survivor
FROM (
    SELECT * FROM unnest(%(place)s::integer[], %(words)s::text[]) AS row (place, words)
) AS wanted
CROSS JOIN LATERAL (
    SELECT DISTINCT coalesce(few.merged_into, few.id) AS survivor
    FROM (
        SELECT customer.id, customer.merged_into
        FROM customers_customer AS customer
        WHERE customer.search @@ wanted.words::tsquery
        LIMIT %(most)s::integer
    ) AS few
) AS found
