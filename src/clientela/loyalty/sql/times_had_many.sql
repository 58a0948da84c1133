-- How often each family had a reward that has a limit for each customer.
SELECT row.customer_id, row.reward_id, loyalty_times_had(
    array_prepend(row.customer_id, string_to_array(nullif(row.aliases, ''), ',')::uuid[]), row.reward_id
)
FROM unnest(
    %(customer_id)s::uuid[], %(reward_id)s::uuid[], %(aliases)s::text[]
) AS row (customer_id, reward_id, aliases)
