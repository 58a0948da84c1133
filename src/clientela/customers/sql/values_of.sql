-- What a cause changed in customers, field by field: the value before its first change and the value
-- of its last. Customers whose values went back already are left out.
SELECT DISTINCT ON (customer_id, field)
    customer_id,
    field,
    first_value(old) OVER whole,
    last_value(new) OVER whole,
    first_value(changed_at) OVER whole,
    last_value(changed_at) OVER whole
FROM customers_fieldchange AS change
WHERE customer_id = ANY (%(customers)s::uuid[])
    AND cause = %(cause)s
    AND NOT EXISTS (
        SELECT FROM customers_fieldchange AS back
        WHERE back.customer_id = change.customer_id AND back.cause = %(undone)s
    )
WINDOW whole AS (
    PARTITION BY customer_id, field ORDER BY id
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
)
ORDER BY customer_id, field
