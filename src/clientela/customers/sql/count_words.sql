-- How many customers are found by each word, by the first letters of words, and in all; of what fewer
-- than %(least)s share nothing is kept.
INSERT INTO customers_wordcount (word, customers)
WITH words AS (
    SELECT word, ndoc
    FROM ts_stat('SELECT search FROM customers_customer WHERE search IS NOT NULL')
),
counted AS (
    SELECT word, ndoc::bigint AS customers FROM words WHERE word <> ''
    UNION ALL
    SELECT left(word, letters) || '*', sum(ndoc)::bigint
    FROM words
    CROSS JOIN generate_series(1, %(letters)s::int) AS letters
    WHERE length(word) >= letters
    GROUP BY 1
)
(
    SELECT word, customers
    FROM counted
    WHERE customers >= %(least)s::bigint
    ORDER BY customers DESC
    LIMIT %(most)s
)
UNION ALL
SELECT '', count(*) FROM customers_customer
