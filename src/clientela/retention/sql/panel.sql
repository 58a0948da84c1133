-- What an attendant must know before saying anything, what the customer needs, and what is offered.
CREATE OR REPLACE FUNCTION retention_panel_flags(family uuid[], today date, now timestamptz)
RETURNS json LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'id', 'flg_' || replace(flag.id::text, '-', ''),
            'kind', flag.kind,
            'reason', flag.reason,
            'instruction', flag.instruction,
            'source', flag.source,
            'set_at', flag.set_at,
            'review_on', flag.review_on
        ) ORDER BY array_position(
            ARRAY['bereavement', 'fraud', 'vulnerable', 'legal_hold', 'do_not_sell', 'arrears'],
            flag.kind
        ), flag.id), '[]')
        FROM retention_flag AS flag
        WHERE flag.customer_id = ANY (family) AND flag.cleared_at IS NULL
    );
END
$$;

CREATE OR REPLACE FUNCTION retention_panel_needs(family uuid[], today date, now timestamptz)
RETURNS json LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'id', 'nds_' || replace(need.id::text, '-', ''),
            'kind', need.kind,
            'words', need.words,
            'source', need.source,
            'confidence', need.confidence,
            'product_kind', need.product_kind,
            'competitor', need.competitor,
            'rate', need.rate,
            'ends_on', need.ends_on,
            'noted_at', need.noted_at,
            'expires_on', need.expires_on
        ) ORDER BY need.source = 'inferred', need.noted_at DESC, need.id), '[]')
        FROM retention_need AS need
        WHERE need.customer_id = ANY (family)
            AND need.closed_at IS NULL
            AND (need.expires_on IS NULL OR need.expires_on >= today)
    );
END
$$;

-- The open proposals of the standing decision; null when a decision has to be made first. A decision
-- stands for fifteen minutes, as long as nothing has happened to the customer and nothing was
-- published since. Without a published offer there is nothing to decide.
CREATE OR REPLACE FUNCTION retention_panel_offers(family uuid[], today date, now timestamptz)
RETURNS json LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    standing retention_decision;
BEGIN
    IF NOT EXISTS (SELECT FROM retention_offer WHERE withdrawn_at IS NULL) THEN
        RETURN '[]';
    END IF;
    -- Who objected is offered nothing, not even what stood before.
    IF privacy_forbids(family, ARRAY['frozen', 'kept_by_law', 'marketing', 'profiling']) THEN
        RETURN '[]';
    END IF;
    SELECT * INTO standing
    FROM retention_decision AS decision
    WHERE decision.customer_id = ANY (family)
        AND decision.decided_at > now - interval '15 minutes'
        AND decision.decided_at <= now
    ORDER BY decision.decided_at DESC, decision.id DESC
    LIMIT 1;
    IF standing.id IS NULL
        OR EXISTS (
            SELECT FROM events_event AS event
            WHERE event.customer_id = ANY (family)
                AND event.recorded_at > standing.decided_at
                AND event.name NOT LIKE 'offer.%'
                AND event.name NOT LIKE 'lead.%'
                AND event.name NOT LIKE 'call.%'
                AND event.name NOT LIKE 'conversation.%'
        )
        OR EXISTS (
            SELECT FROM retention_offerversion WHERE published_at > standing.decided_at
        )
        OR EXISTS (
            SELECT FROM retention_gateversion WHERE published_at > standing.decided_at
        )
    THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'id', 'prp_' || replace(proposal.id::text, '-', ''),
            'offer', offer.key,
            'place', proposal.place,
            'sells', proposal.sells,
            'wording', proposal.wording,
            'shown_at', proposal.shown_at,
            'decision', 'dec_' || replace(standing.id::text, '-', ''),
            'held_back', (standing.trace ->> 'held_back')::int
        ) ORDER BY proposal.place), '[]')
        FROM retention_proposal AS proposal
        JOIN retention_offer AS offer
            ON offer.id = proposal.offer_id AND offer.withdrawn_at IS NULL
        WHERE proposal.customer_id = standing.customer_id
            AND proposal.decision_id = standing.id
            AND NOT EXISTS (
                SELECT FROM retention_outcome AS outcome
                WHERE outcome.customer_id = proposal.customer_id
                    AND outcome.proposal_id = proposal.id
            )
    );
END
$$;
