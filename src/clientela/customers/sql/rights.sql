-- Every field there is, as far as rights on it go, and everything that was decided for roles.
SELECT
    coalesce((
        SELECT json_agg(json_build_array(
            field.id::text, kind.key, field.key, field.data_class, field.sensitive
        ))
        FROM customers_field AS field
        JOIN customers_profiletype AS kind ON kind.id = field.profile_type_id
    ), '[]')::text,
    coalesce((
        SELECT json_agg(json_build_array(
            own.role_id, own.data_class, own.field_id::text, own.sees, own.edits, own.reveals
        ))
        FROM customers_fieldright AS own
    ), '[]')::text
