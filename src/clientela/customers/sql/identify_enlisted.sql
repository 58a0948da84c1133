-- What customers who were enlisted in this transaction can be found by: nobody has added anything to
-- them, so each is the first of its kind.
WITH incoming AS NOT MATERIALIZED (
    SELECT *
    FROM unnest(
        %(id)s::uuid[], %(customer_id)s::uuid[], %(kind)s::text[], %(value_norm)s::text[],
        %(value_shown)s::text[]
    ) AS row (id, customer_id, kind, value_norm, value_shown)
),
keyed AS (
    INSERT INTO customers_identitykey (kind, value_norm, customer_id, exclusive)
    SELECT kind, value_norm, customer_id, kind = ANY (%(exclusive_kinds)s) FROM incoming
)
INSERT INTO customers_identity (
    id, customer_id, kind, value_norm, value_shown, primary_since, shared, added_at
)
SELECT id, customer_id, kind, value_norm, value_shown, %(now)s, false, %(now)s FROM incoming
