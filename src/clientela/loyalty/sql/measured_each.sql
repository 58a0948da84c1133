-- What a ladder counts of each customer from an instant to another, in their order.
SELECT loyalty_measured(
    customers_family(asked.customer_id), %(ladder)s, asked.since, asked.until
)
FROM unnest(
    %(customer_id)s::uuid[], %(since)s::timestamptz[], %(until)s::timestamptz[]
) WITH ORDINALITY AS asked (customer_id, since, until, place)
ORDER BY asked.place
