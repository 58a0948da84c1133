-- Take points back for many returns, one after the other: for each what loyalty_take_back answers.
SELECT
    row.place, back.posting, back.taken, back.new_debt, back.given_up, back.missing, back.balance
FROM unnest(
    %(customer_id)s::uuid[], %(account_id)s::bigint[], %(currency_id)s::bigint[], %(policy)s::text[],
    %(points)s::bigint[], %(posting_id)s::bigint[], %(purchase_id)s::uuid[], %(key)s::text[],
    %(body_hash)s::bytea[], %(road)s::text[], %(back_minor)s::bigint[]
) WITH ORDINALITY AS row (
    customer_id, account_id, currency_id, policy, points, posting_id, purchase_id, key, body_hash,
    road, back_minor, place
)
CROSS JOIN LATERAL loyalty_take_back(
    row.customer_id, row.account_id, row.currency_id, row.policy, row.points, row.posting_id,
    row.purchase_id, row.key, row.body_hash, %(happened)s::timestamptz, %(now)s::timestamptz,
    %(actor)s::text, row.road::bigint[], row.back_minor
) AS back
