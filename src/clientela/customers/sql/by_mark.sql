-- Who has a sealed value of a field, found by its marks; merged records as their survivor.
SELECT DISTINCT coalesce(customer.merged_into, customer.id)
FROM unnest(%(marks)s::text[]) AS wanted (mark)
JOIN customers_customer AS customer
    ON customer.attributes @? '$.*.sealed'
    AND jsonb_path_query_array(customer.attributes, '$.*.mark') @> to_jsonb(ARRAY[wanted.mark])
WHERE customer.profile_type_id = %(profile_type)s
    AND customer.attributes -> %(key)s::text ->> 'mark' = wanted.mark
LIMIT %(limit)s
