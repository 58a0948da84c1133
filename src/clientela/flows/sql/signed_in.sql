-- A person with all that each page asks of them: their rights, and what they like to see.
SELECT
    person.password, person.last_login, person.id, person.email, person.name, person.branches, person.is_active,
    person.is_demo, person.joined_at,
    ARRAY(
        SELECT unnest(role.rights)
        FROM staff_person_roles AS given
        JOIN staff_role AS role ON role.key = given.role_id
        WHERE given.person_id = person.id
    ),
    ARRAY(SELECT given.role_id::text FROM staff_person_roles AS given WHERE given.person_id = person.id),
    liked.theme, liked.density, liked.language
FROM staff_person AS person
LEFT JOIN ui_preference AS liked ON liked.person_id = person.id
WHERE person.id = %(person)s AND person.is_active
