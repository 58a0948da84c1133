-- Add identities to customers; one a customer has already is left as it is, one that had ended is
-- theirs again. The first of a kind becomes primary. Returns what was added.
WITH incoming AS (
    SELECT DISTINCT ON (customer_id, kind, value_norm) *
    FROM unnest(
        %(id)s::uuid[], %(customer_id)s::uuid[], %(kind)s::text[], %(value_norm)s::text[],
        %(value_shown)s::text[]
    ) WITH ORDINALITY AS row (id, customer_id, kind, value_norm, value_shown, place)
    ORDER BY customer_id, kind, value_norm, place
),
first_of_kind AS (
    SELECT DISTINCT ON (incoming.customer_id, incoming.kind) incoming.id
    FROM incoming
    WHERE NOT EXISTS (
        SELECT FROM customers_identity AS known
        WHERE known.customer_id = incoming.customer_id
            AND known.kind = incoming.kind
            AND known.primary_since IS NOT NULL
    )
    ORDER BY incoming.customer_id, incoming.kind, incoming.place
),
added AS (
    INSERT INTO customers_identity AS known (
        id, customer_id, kind, value_norm, value_shown, primary_since, shared, added_at
    )
    SELECT
        id, customer_id, kind, value_norm, value_shown,
        CASE WHEN id IN (SELECT id FROM first_of_kind) THEN %(now)s::timestamptz END,
        false, %(now)s
    FROM incoming
    ORDER BY customer_id, kind, value_norm
    ON CONFLICT (customer_id, kind, value_norm) DO UPDATE
    SET ended_at = NULL,
        bounced_at = NULL,
        value_shown = excluded.value_shown,
        primary_since = excluded.primary_since
    WHERE known.ended_at IS NOT NULL
    RETURNING customer_id, kind, value_norm
),
keyed AS (
    INSERT INTO customers_identitykey (kind, value_norm, customer_id, exclusive)
    SELECT kind, value_norm, customer_id, kind = ANY (%(exclusive_kinds)s) FROM added
)
SELECT customer_id, kind FROM added
