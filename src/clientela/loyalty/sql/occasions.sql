-- Write down what happened to customers.
INSERT INTO loyalty_occasion (
    id, customer_id, name, source, key, subject, occurred_at, recorded_at, actor, refusals
)
SELECT
    row.id, row.customer_id, row.name, row.source, row.key, row.subject, row.occurred_at,
    %(now)s::timestamptz, %(actor)s::text, row.refusals::bigint[]
FROM unnest(
    %(id)s::uuid[], %(customer_id)s::uuid[], %(name)s::text[], %(source)s::text[], %(key)s::text[],
    %(subject)s::text[], %(occurred_at)s::timestamptz[], %(refusals)s::text[]
) AS row (id, customer_id, name, source, key, subject, occurred_at, refusals)
