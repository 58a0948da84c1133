-- What a ladder measures of a family from an instant to another: money spent less what came back,
-- points earned less what returns took back, or purchases that were not wholly given back. Spending
-- points does not count. Products held and points that can be used are what is there at the end.
CREATE OR REPLACE FUNCTION loyalty_measured(
    family uuid[], ladder text, since timestamptz, until timestamptz
) RETURNS bigint LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    wanted loyalty_tierset%ROWTYPE;
    points bigint;
BEGIN
    SELECT * INTO STRICT wanted FROM loyalty_tierset AS listed WHERE listed.key = ladder;
    IF wanted.measure = 'spend' THEN
        RETURN (
            SELECT coalesce(sum(purchase.total_minor - purchase.returned_minor), 0)
            FROM purchases_purchase AS purchase
            WHERE purchase.customer_id = ANY (family) AND purchase.currency = wanted.money_code
                AND purchase.purchased_at >= since AND purchase.purchased_at < until
        );
    END IF;
    IF wanted.measure = 'purchases' THEN
        RETURN (
            SELECT count(*)
            FROM purchases_purchase AS purchase
            WHERE purchase.customer_id = ANY (family)
                AND purchase.returned_minor < purchase.total_minor
                AND purchase.purchased_at >= since AND purchase.purchased_at < until
        );
    END IF;
    IF wanted.measure = 'products' THEN
        RETURN loyalty_products_held(family, (
            SELECT (until AT TIME ZONE programme.time_zone - interval '1 microsecond')::date
            FROM loyalty_currency AS currency
            JOIN loyalty_programme AS programme ON programme.code = currency.programme_id
            WHERE currency.id = wanted.currency_id
        ));
    END IF;
    points := coalesce(wanted.counted_id, wanted.currency_id);
    IF wanted.measure = 'balance' THEN
        RETURN loyalty_usable_at(family, points, until - interval '1 microsecond');
    END IF;
    RETURN (
        SELECT coalesce(sum(entry.amount), 0) - coalesce(sum((
            SELECT coalesce(sum(back.amount), 0)
            FROM loyalty_posting AS reversal
            JOIN loyalty_entry AS back
                ON back.customer_id = reversal.customer_id AND back.posting_id = reversal.id
            WHERE reversal.customer_id = earned.customer_id
                AND reversal.purchase_id = earned.purchase_id AND reversal.reverses_id = earned.id
        )), 0)
        FROM loyalty_posting AS earned
        JOIN loyalty_entry AS entry
            ON entry.customer_id = earned.customer_id AND entry.posting_id = earned.id
        WHERE earned.customer_id = ANY (family) AND earned.kind = 'earn'
            AND earned.currency_id = points
            AND earned.occurred_at >= since AND earned.occurred_at < until
    );
END
$$;

-- How many products a family held at the end of a day.
CREATE OR REPLACE FUNCTION loyalty_products_held(family uuid[], wanted date) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT count(*)
    FROM products_holding AS holding
    WHERE holding.customer_id = ANY (family)
        AND (holding.opened_on IS NULL OR holding.opened_on <= wanted)
        AND CASE
            WHEN holding.closed_on IS NULL THEN holding.status IN ('active', 'dormant', 'overpaid')
            ELSE holding.closed_on > wanted AND holding.status NOT IN ('applied', 'approved')
        END
$$;

-- The points a family could use at an instant: what was left then of lots that were usable. What was
-- booked later took nothing yet.
CREATE OR REPLACE FUNCTION loyalty_usable_at(
    family uuid[], wanted_currency bigint, moment timestamptz
) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(lot.amount - coalesce((
        SELECT sum(
            CASE WHEN taken.releases_id IS NULL THEN taken.amount ELSE -taken.amount END
        )
        FROM loyalty_allocation AS taken
        JOIN loyalty_posting AS cause
            ON cause.customer_id = taken.customer_id AND cause.id = taken.posting_id
        WHERE taken.customer_id = lot.customer_id AND taken.lot_id = lot.id
            AND coalesce(taken.paid_at, cause.occurred_at) <= moment
    ), 0)), 0)::bigint
    FROM loyalty_account AS account
    JOIN loyalty_lot AS lot
        ON lot.customer_id = account.customer_id AND lot.account_id = account.id
    JOIN loyalty_posting AS posting
        ON posting.customer_id = lot.customer_id AND posting.id = lot.posting_id
    WHERE account.customer_id = ANY (family) AND account.currency_id = wanted_currency
        AND posting.occurred_at <= moment AND lot.active_at <= moment
        AND (lot.expires_at IS NULL OR lot.expires_at > moment)
$$
