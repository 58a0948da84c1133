-- Customers by the names other systems gave them, as they stand now: for telling what an import
-- changes. One row per known name; the last column is the record that has it, merged or not.
SELECT
    reference.place, customer.id, customer.display_name, customer.language, customer.country,
    customer.attributes, customer.profile_type_id, customer.version, alias.id
FROM unnest(%(source)s::text[], %(external_id)s::text[])
    WITH ORDINALITY AS reference (source, external_id, place)
JOIN customers_externalid AS external
    ON external.source = reference.source AND external.external_id = reference.external_id
JOIN customers_customer AS alias ON alias.id = external.customer_id
JOIN customers_customer AS customer ON customer.id = coalesce(alias.merged_into, alias.id)
