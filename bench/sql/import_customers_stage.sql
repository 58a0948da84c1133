CREATE TEMPORARY TABLE IF NOT EXISTS staged (
    id uuid, phone_id uuid, email_id uuid, profile_type_id bigint, external_id text, name text,
    folded_name text, sort_key text, attributes jsonb, attributes_folded jsonb, words text,
    phone text, email text
) ON COMMIT DELETE ROWS
