"""Writing down what people like, and the lists they save."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from clientela.platform import text
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.transactions import needs_transaction, refusing
from clientela.ui.models import Preference, View

NAME_LENGTH_MAX = 80


class ViewNameTaken(Problem):
    code = "view-name-taken"
    status = 409
    title = "You have a view of this name"


class RoleHasDefault(Problem):
    code = "role-has-default"
    status = 409
    title = "This role has a default view already"


CHOICES: Mapping[str, tuple[str, ...]] = {
    "theme": tuple(Preference.Theme.values),
    "density": tuple(Preference.Density.values),
    "language": ("", *dict(settings.LANGUAGES)),
}


@needs_transaction
def prefer(values: Mapping[str, str], *, person_id: UUID) -> None:
    """Remember the choices given; the others stay as they are."""
    for name, value in values.items():
        if value not in CHOICES.get(name, ()):
            raise InvalidInput("There is no such choice.", field=name)
    Preference.objects.update_or_create(person_id=person_id, defaults=dict(values))


@needs_transaction
def save_view(
    *, on: str, name: str, state: Mapping[str, Any], owner: str, now: datetime,
    sharing: str = View.Sharing.PRIVATE, role: str = "", default_for: str = "",
    view_id: UUID | None = None, is_demo: bool = False,
) -> View:  # fmt: skip
    """A list under a name; with `view_id` what was saved there is replaced."""
    values = {
        "name": _view_name(name), "state": dict(state), "sharing": sharing, "role": role,
        "default_for": default_for, "saved_at": now,
    }  # fmt: skip
    with refusing(
        a_view_has_a_name_of_its_own=ViewNameTaken, one_default_per_role_and_list=RoleHasDefault
    ):
        if view_id is None:
            return View.objects.create(list=on, owner=owner, is_demo=is_demo, **values)
        View.objects.filter(id=view_id).update(**values)
    return View.objects.get(id=view_id)


@needs_transaction
def remove_view(view_id: UUID, *, now: datetime) -> None:
    """It can be brought back by its id, as long as nobody took its name or its role."""
    View.objects.filter(id=view_id, removed_at=None).update(removed_at=now)


@needs_transaction
def restore_view(view_id: UUID) -> None:
    with refusing(
        a_view_has_a_name_of_its_own=ViewNameTaken, one_default_per_role_and_list=RoleHasDefault
    ):
        View.objects.filter(id=view_id).update(removed_at=None)


def _view_name(name: str) -> str:
    try:
        cleaned = text.clean(name)
    except ValueError:
        cleaned = ""
    if not 0 < len(cleaned) <= NAME_LENGTH_MAX:
        words = f"Give the view a name of at most {NAME_LENGTH_MAX} letters."
        raise InvalidInput(words, field="name")
    return cleaned
