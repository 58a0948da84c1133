-- The last signed review of a family: who read it when, what they found, and what comes next.
CREATE OR REPLACE FUNCTION issues_panel_review(family uuid[], today date, now timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN coalesce((
        SELECT json_build_object(
            'reviewed_at', review.reviewed_at,
            'reviewed_by', coalesce(person.name, review.reviewed_by),
            'finding', left(review.finding, 300),
            'next_step', review.next_step
        )
        FROM issues_review AS review
        LEFT JOIN staff_person AS person
            ON 'per_' || replace(person.id::text, '-', '') = review.reviewed_by
        WHERE review.customer_id = ANY (family)
        ORDER BY review.reviewed_at DESC, review.id DESC
        LIMIT 1
    ), '{}'::json);
END
$$;
