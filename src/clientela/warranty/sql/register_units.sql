-- Units of holdings that have none yet; which are new.
INSERT INTO warranty_unit (
    id, customer_id, holding_id, lineage_id, product_id, kind, serial, serial_fold, sold_on, delivered_on,
    in_service_on, in_service_source, country, time_zone, seller, price_minor, currency,
    replaces_holding_id
)
SELECT
    id, customer_id, holding_id, lineage_id, product_id, kind, serial, serial_fold, sold_on, delivered_on,
    in_service_on, in_service_source, country, time_zone, seller, price_minor, currency,
    replaces_holding_id
FROM unnest(
    %(id)s::uuid[], %(customer_id)s::uuid[], %(holding_id)s::uuid[], %(lineage_id)s::uuid[],
    %(product_id)s::uuid[], %(kind)s::text[], %(serial)s::text[],
    %(serial_fold)s::text[], %(sold_on)s::date[],
    %(delivered_on)s::date[], %(in_service_on)s::date[], %(in_service_source)s::text[],
    %(country)s::text[], %(time_zone)s::text[], %(seller)s::text[], %(price_minor)s::bigint[],
    %(currency)s::text[], %(replaces_holding_id)s::uuid[]
) AS row (
    id, customer_id, holding_id, lineage_id, product_id, kind, serial, serial_fold, sold_on, delivered_on,
    in_service_on, in_service_source, country, time_zone, seller, price_minor, currency,
    replaces_holding_id
)
ON CONFLICT DO NOTHING
RETURNING id
