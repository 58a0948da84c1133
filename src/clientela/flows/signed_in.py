"""The person behind a session, asked for by every page: one statement for all of it."""

from __future__ import annotations

from uuid import UUID

from clientela.platform import sql
from clientela.staff.models import Person
from clientela.ui.models import Preference

COLUMNS = (
    "password", "last_login", "id", "email", "name", "branches", "is_active", "is_demo",
    "joined_at",
)  # fmt: skip


def person_of(person_id: UUID) -> Person | None:
    """Somebody who may come in, with their rights and preference; None for all others."""
    row = sql.statement("flows", "signed_in").row(person=person_id)
    if row is None:
        return None
    person = Person.from_db("default", COLUMNS, row[: len(COLUMNS)])
    rights, roles, theme, density, language = row[len(COLUMNS) :]
    person.known_rights = frozenset(rights)
    person.known_roles = frozenset(roles)
    person.preference = (
        Preference(person=person)
        if theme is None
        else Preference(person=person, theme=theme, density=density, language=language)
    )
    return person
