-- What the customer holds: open things first, then former ones, newest first. What was renewed by another
-- holding is not about to end any more.
CREATE OR REPLACE FUNCTION products_panel(family uuid[], today date, now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'id', 'hol_' || replace(held.id::text, '-', ''),
            'product', held.product,
            'code', held.code,
            'kind', held.kind,
            'icon', held.icon,
            'role', held.role,
            'status', held.status,
            'number', held.number,
            'serial', held.serial,
            'opened_on', held.opened_on,
            'ends_on', held.ends_on,
            'days_left', CASE WHEN held.is_open THEN held.ends_on - today END,
            'balance', CASE WHEN held.balance_minor IS NOT NULL THEN json_build_object(
                'minor', held.balance_minor, 'currency', held.currency
            ) END,
            'limit', CASE WHEN held.limit_minor IS NOT NULL THEN json_build_object(
                'minor', held.limit_minor, 'currency', held.currency
            ) END,
            'rate', held.rate,
            'fixed_until_on', held.fixed_until_on,
            'matures_on', held.matures_on,
            'term_months', held.term_months,
            'renewed', held.renewed,
            'holders', held.holders
        ) ORDER BY NOT held.is_open, held.opened_on DESC NULLS LAST, held.id), '[]')
        FROM (
            SELECT DISTINCT ON (holding.id)
                holding.id, product.name AS product, product.code_norm AS code, product.kind_id AS kind, kind.icon,
                holder.role, holding.status, holding.number, holding.serial, holding.opened_on,
                holding.balance_minor, holding.limit_minor, holding.currency, holding.rate,
                holding.fixed_until_on, holding.matures_on, holding.term_months, next.renewed,
                (
                    SELECT count(DISTINCT part.customer_id)
                    FROM products_holder AS part
                    WHERE part.holding_id = holding.id
                ) AS holders,
                holding.status IN ('applied', 'approved', 'active', 'dormant', 'overpaid')
                    AND (holding.closed_on IS NULL OR holding.closed_on > today) AS is_open,
                coalesce(
                    holding.closed_on,
                    CASE
                        WHEN next.renewed THEN NULL
                        ELSE least(holding.fixed_until_on, holding.matures_on)
                    END
                ) AS ends_on
            FROM products_holder AS holder
            JOIN products_holding AS holding
                ON holding.id = holder.holding_id
                AND holding.customer_id = holder.main_customer_id
            JOIN products_product AS product ON product.id = holding.product_id
            JOIN products_kind AS kind ON kind.key = product.kind_id
            CROSS JOIN LATERAL (
                SELECT EXISTS (
                    SELECT FROM products_holding AS successor WHERE successor.renewal_of = holding.id
                ) AS renewed
            ) AS next
            WHERE holder.customer_id = ANY (family)
            ORDER BY holding.id, array_position(
                ARRAY['owner', 'joint', 'user', 'beneficiary', 'guarantor'], holder.role
            )
            LIMIT 200
        ) AS held
    );
END
$$;
