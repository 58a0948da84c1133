-- What was opened closes the oldest open lead for it, one lead per opened holding.
WITH opened AS (
    SELECT row.* FROM unnest(
        %(customer_id)s::uuid[], %(holding_id)s::uuid[], %(product)s::text[], %(opened_on)s::date[]
    ) AS row (customer_id, holding_id, product, opened_on)
), family AS (
    SELECT DISTINCT opened.customer_id AS member, opened.customer_id AS survivor FROM opened
    UNION
    SELECT customer.id, customer.merged_into
    FROM customers_customer AS customer
    WHERE customer.merged_into IN (SELECT opened.customer_id FROM opened)
), matched AS (
    SELECT DISTINCT ON (opened.holding_id) lead.id, opened.holding_id
    FROM opened
    JOIN family ON family.survivor = opened.customer_id
    JOIN retention_lead AS lead
        ON lead.customer_id = family.member
        AND lead.closed_at IS NULL
        AND opened.product = ANY (lead.product_codes)
        AND (opened.opened_on IS NULL OR opened.opened_on >= lead.opened_at::date - 1)
    ORDER BY opened.holding_id, lead.opened_at, lead.id
), closing AS (
    SELECT DISTINCT ON (matched.id) matched.id, matched.holding_id
    FROM matched
    ORDER BY matched.id, matched.holding_id
)
UPDATE retention_lead AS lead
SET closed_at = greatest(%(now)s::timestamptz, lead.opened_at), closed_by = %(actor)s,
    result = 'won', holding_id = closing.holding_id
FROM closing
WHERE lead.id = closing.id AND lead.closed_at IS NULL
RETURNING lead.id, lead.customer_id, lead.offer_id, lead.holding_id
