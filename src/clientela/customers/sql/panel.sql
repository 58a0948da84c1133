-- The blocks of the profile this app owns. Arguments of every panel: the family (survivor first),
-- the company's day and the instant of the request. Each returns one finished JSON value. A family is
-- small whoever it is: one plan serves all, where a plan for each call costs more than the answer.

CREATE OR REPLACE FUNCTION customers_family(customer uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    survivor uuid;
BEGIN
    SELECT coalesce(merged_into, id) INTO survivor FROM customers_customer WHERE id = customer;
    IF survivor IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN ARRAY[survivor] || ARRAY(
        SELECT id FROM customers_customer WHERE merged_into = survivor ORDER BY id
    );
END
$$;

CREATE OR REPLACE FUNCTION customers_family_known_by(wanted_kind text, wanted_value text)
RETURNS uuid[] LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    survivors uuid[];
BEGIN
    -- Of the only customer known by an identity; NULL for nobody and for several.
    SELECT array_agg(DISTINCT coalesce(customer.merged_into, customer.id)) INTO survivors
    FROM customers_identitykey AS key
    JOIN customers_customer AS customer ON customer.id = key.customer_id
    WHERE key.kind = wanted_kind AND key.value_norm = wanted_value;
    IF cardinality(survivors) = 1 THEN
        RETURN survivors || ARRAY(
            SELECT id FROM customers_customer WHERE merged_into = survivors[1] ORDER BY id
        );
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION customers_panel(family uuid[], today date, now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT json_build_object(
            'id', 'cus_' || replace(customer.id::text, '-', ''),
            'number', customer.number,
            'name', customer.display_name,
            'type', profile_type.key,
            'status', customer.status,
            'language', customer.language,
            'country', customer.country,
            'since', customer.known_since,
            'attributes', customer.attributes,
            'version', customer.version
        )
        FROM customers_customer AS customer
        JOIN customers_profiletype AS profile_type ON profile_type.id = customer.profile_type_id
        WHERE customer.id = family[1]
    );
END
$$;

CREATE OR REPLACE FUNCTION customers_panel_veiled(
    family uuid[], today date, now timestamptz, hidden jsonb, masked jsonb
) RETURNS json LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    -- For somebody who may not see every field: what is hidden is not there, of what is masked the key.
    RETURN (
        SELECT json_build_object(
            'id', 'cus_' || replace(customer.id::text, '-', ''),
            'number', customer.number,
            'name', customer.display_name,
            'type', profile_type.key,
            'status', customer.status,
            'language', customer.language,
            'country', customer.country,
            'since', customer.known_since,
            'attributes', customer.attributes - unseen.keys - veiled.keys,
            'masked', (
                SELECT coalesce(json_agg(key ORDER BY key), '[]')
                FROM unnest(veiled.keys) AS key
                WHERE customer.attributes ? key
            ),
            'version', customer.version
        )
        FROM customers_customer AS customer
        JOIN customers_profiletype AS profile_type ON profile_type.id = customer.profile_type_id
        CROSS JOIN LATERAL (
            SELECT ARRAY(SELECT jsonb_array_elements_text(hidden -> profile_type.key)) AS keys
        ) AS unseen
        CROSS JOIN LATERAL (
            SELECT ARRAY(SELECT jsonb_array_elements_text(masked -> profile_type.key)) AS keys
        ) AS veiled
        WHERE customer.id = family[1]
    );
END
$$;

-- What several records of one customer know is listed once; the main one of a kind is the survivor's
-- where it has one.
CREATE OR REPLACE FUNCTION customers_known_by(family uuid[]) RETURNS TABLE (
    id uuid, kind text, value_norm text, value_shown text, shared boolean, bounced_at timestamptz,
    main boolean
) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (known.kind, known.value_norm)
        known.id, known.kind, known.value_norm, known.value_shown, known.shared, known.bounced_at,
        known.primary_since IS NOT NULL AND (known.customer_id = family[1] OR NOT EXISTS (
            SELECT FROM customers_identity AS own
            WHERE own.customer_id = family[1] AND own.kind = known.kind
                AND own.primary_since IS NOT NULL
        ))
    FROM customers_identity AS known
    WHERE known.customer_id = ANY (family) AND known.ended_at IS NULL
    ORDER BY known.kind, known.value_norm, known.customer_id <> family[1], known.id
$$;

CREATE OR REPLACE FUNCTION customers_panel_identities_veiled(
    family uuid[], today date, now timestamptz, hidden jsonb, masked jsonb
) RETURNS json LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(CASE
            WHEN masked -> '#identities' ? identity.kind
                THEN json_build_object('kind', identity.kind, 'masked', true)
            ELSE json_build_object(
                'kind', identity.kind,
                'value', identity.value_norm,
                'shown', identity.value_shown,
                'primary', identity.main,
                'shared', identity.shared,
                'bouncing', identity.bounced_at IS NOT NULL
            )
        END ORDER BY NOT identity.main, identity.kind DESC, identity.id), '[]')
        FROM customers_known_by(family) AS identity
        WHERE NOT coalesce(hidden -> '#identities' ? identity.kind, false)
    );
END
$$;

CREATE OR REPLACE FUNCTION customers_panel_identities(family uuid[], today date, now timestamptz)
RETURNS json LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'kind', identity.kind,
            'value', identity.value_norm,
            'shown', identity.value_shown,
            'primary', identity.main,
            'shared', identity.shared,
            'bouncing', identity.bounced_at IS NOT NULL
        ) ORDER BY NOT identity.main, identity.kind DESC, identity.id), '[]')
        FROM customers_known_by(family) AS identity
    );
END
$$;

CREATE OR REPLACE FUNCTION customers_note_access(
    customer uuid, actor text, channel text, request text, now timestamptz
) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    -- Written in the call that answers, so it costs no second wait for the disk.
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO customers_access (customer_id, actor, fields, channel, request, seen_at)
    VALUES (customer, actor, '{}', channel, request, now);
END
$$;
