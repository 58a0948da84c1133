-- The newest version of every offer and gate that is not withdrawn.
(
    SELECT DISTINCT ON (offer.key)
        'offer' AS what, offer.id AS offer_id, version.id, version.number, version.body::text AS body
    FROM retention_offer AS offer
    JOIN retention_offerversion AS version ON version.offer_id = offer.id
    WHERE offer.withdrawn_at IS NULL
    ORDER BY offer.key, version.number DESC
)
UNION ALL
(
    SELECT DISTINCT ON (gate.key) 'gate', NULL, version.id, version.number, version.body::text
    FROM retention_gate AS gate
    JOIN retention_gateversion AS version ON version.gate_id = gate.id
    WHERE gate.withdrawn_at IS NULL
    ORDER BY gate.key, version.number DESC
)
