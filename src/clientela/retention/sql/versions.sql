-- A published text is still the one its digest was made of.
WITH published AS (
    SELECT offer.key || ' ' || version.number AS name, version.body, version.digest
    FROM retention_offerversion AS version
    JOIN retention_offer AS offer ON offer.id = version.offer_id
    UNION ALL
    SELECT gate.key || ' ' || version.number, version.body, version.digest
    FROM retention_gateversion AS version
    JOIN retention_gate AS gate ON gate.id = version.gate_id
)
SELECT
    count(*)::bigint,
    count(*) FILTER (WHERE digest <> sha256(convert_to(body::text, 'UTF8')))::bigint,
    (array_agg(name) FILTER (WHERE digest <> sha256(convert_to(body::text, 'UTF8'))))[1:10]
FROM published
