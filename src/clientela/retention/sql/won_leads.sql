-- A lead is closed once the customer opened what was accepted.
SELECT
    count(*)::bigint,
    count(*) FILTER (WHERE late.holding_id IS NOT NULL)::bigint,
    (array_agg('lea_' || replace(lead.id::text, '-', '')) FILTER (WHERE late.holding_id IS NOT NULL))[1:10]
FROM retention_lead AS lead
LEFT JOIN LATERAL (
    SELECT holding.id AS holding_id
    FROM events_event AS event
    JOIN products_holding AS holding
        ON event.subject = 'hol_' || replace(holding.id::text, '-', '')
    JOIN products_product AS product ON product.id = holding.product_id
    WHERE lead.closed_at IS NULL
        AND event.customer_id = lead.customer_id
        AND event.name = 'holding.opened'
        AND event.recorded_at > lead.opened_at
        AND holding.customer_id = lead.customer_id
        AND product.code_norm = ANY (lead.product_codes)
        AND (holding.opened_on IS NULL OR holding.opened_on >= lead.opened_at::date - 1)
        AND holding.status IN ('applied', 'approved', 'active', 'dormant', 'overpaid')
        AND NOT EXISTS (
            SELECT FROM retention_lead AS other
            WHERE other.customer_id = lead.customer_id AND other.holding_id = holding.id
        )
    LIMIT 1
) AS late ON true
