-- One demo customer in so many is of a branch, in turn; of these every second one is somebody's own.
UPDATE customers_customer AS customer
SET
    branch = (%(branches)s::text[])[1 + numbered.place %% cardinality(%(branches)s::text[])],
    owner_id = CASE WHEN numbered.place %% 2 = 0 THEN %(owner)s::uuid END
FROM (
    SELECT id, row_number() OVER (ORDER BY number) AS place
    FROM customers_customer
    WHERE is_demo AND merged_into IS NULL AND number %% %(every)s::int = 0
) AS numbered
WHERE customer.id = numbered.id AND customer.branch = ''
