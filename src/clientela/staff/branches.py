"""Branches and teams: parts of the company with customers of their own, and who is of which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from clientela.platform import text
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.staff import keys
from clientela.staff.models import ApiKey, Branch, Person

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class BeyondOwnBranches(Problem):
    code = "beyond-own-branches"
    status = 403
    title = "Nobody lets others see more branches than they do themselves"


@needs_transaction
def define(*, key: str, name: str, is_demo: bool = False) -> Branch:
    """A branch by its key; known already, it is called so from now on."""
    if not KEY.fullmatch(key):
        words = "A key has small letters, digits and hyphens, such as riga-1."
        raise InvalidInput(words, field="key")
    if not text.clean(name):
        raise InvalidInput("Give the branch a name.", field="name")
    branch, _ = Branch.objects.update_or_create(
        key=key, defaults={"name": text.clean(name)}, create_defaults={
            "name": text.clean(name), "is_demo": is_demo,
        },
    )  # fmt: skip
    return branch


@needs_transaction
def place(*, person_id: UUID, branches: Iterable[str], actor: Actor) -> Person:
    """Somebody sees the customers of just these branches; none: of the whole company."""
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotThere("There is no such person.")
    person.branches = _checked(branches, actor=actor)
    person.save(update_fields=["branches"])
    return person


@needs_transaction
def place_key(*, key_id: UUID, branches: Iterable[str], actor: Actor) -> ApiKey:
    """A program sees the customers of just these branches; none: of the whole company."""
    key = ApiKey.objects.filter(id=key_id, revoked_at=None).first()
    if key is None:
        raise NotThere("There is no such key.")
    key.branches = _checked(branches, actor=actor)
    key.save(update_fields=["branches"])
    keys.forget()
    return key


def _checked(branches: Iterable[str], *, actor: Actor) -> list[str]:
    wanted = sorted(set(branches))
    known = set(Branch.objects.filter(key__in=wanted).values_list("key", flat=True))
    if unknown := set(wanted) - known:
        raise InvalidInput(f"There is no branch {min(unknown)}.", field="branch")
    if actor.branches and not (wanted and set(wanted) <= actor.branches):
        raise BeyondOwnBranches
    return wanted
