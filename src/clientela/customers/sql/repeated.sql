-- Values of a field that several customers of a type have: first one row with how many customers too
-- many there are, then some of them.
WITH held AS (
    SELECT
        id,
        row_number() OVER (
            PARTITION BY coalesce(attributes -> %(key)s::text ->> 'mark', CASE
                WHEN %(folded)s::boolean THEN attributes_folded ->> %(key)s::text
                ELSE attributes ->> %(key)s::text
            END)
            ORDER BY id
        ) AS place
    FROM customers_customer
    WHERE
        profile_type_id = %(profile_type)s::bigint
        AND merged_into IS NULL
        AND attributes ? %(key)s::text
)
SELECT count(*) AS customers, NULL::uuid AS customer_id FROM held WHERE place > 1
UNION ALL
(SELECT 1, id FROM held WHERE place > 1 ORDER BY id LIMIT %(limit)s::int)
