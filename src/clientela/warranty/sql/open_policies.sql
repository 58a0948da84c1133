-- Policies with their numbers and the keys of these; id and number of each.
WITH incoming AS (
    SELECT *
    FROM unnest(
        %(id)s::uuid[], %(customer_id)s::uuid[], %(holding_id)s::uuid[], %(terms_id)s::uuid[],
        %(term_months)s::int[], %(stack)s::text[], %(sequence)s::int[], %(source)s::text[],
        %(start_rule)s::text[], %(starts_on)s::date[], %(ends_on)s::date[], %(money_from)s::date[],
        %(money_until)s::date[], %(price_minor)s::bigint[], %(tax_minor)s::bigint[],
        %(insured_minor)s::bigint[], %(currency)s::text[], %(purchase_id)s::uuid[],
        %(line_no)s::int[], %(sold_on)s::date[], %(previous_policy_id)s::uuid[]
    ) AS row (
        id, customer_id, holding_id, terms_id, term_months, stack, sequence, source, start_rule,
        starts_on, ends_on, money_from, money_until, price_minor, tax_minor, insured_minor,
        currency, purchase_id, line_no, sold_on, previous_policy_id
    )
),
written AS (
    INSERT INTO warranty_policy (
        id, customer_id, number, holding_id, terms_id, term_months, stack, sequence, source,
        start_rule, starts_on, ends_on, money_from, money_until, price_minor, tax_minor,
        insured_minor, currency, purchase_id, line_no, sold_on, sold_by, previous_policy_id
    )
    SELECT
        id, customer_id, nextval('warranty_policy_number'), holding_id, terms_id, term_months,
        stack, sequence, source, start_rule, starts_on, ends_on, money_from, money_until,
        price_minor, tax_minor, insured_minor, currency, purchase_id, line_no, sold_on, %(actor)s,
        previous_policy_id
    FROM incoming
    RETURNING id, customer_id, number
),
named AS (
    INSERT INTO warranty_numberkey (kind, number, customer_id, row_id)
    SELECT 'policy', number, customer_id, id FROM written
)
SELECT id, number FROM written
