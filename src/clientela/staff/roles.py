"""Roles and what each of them may do: made, changed, put back as shipped, removed.

Nobody gives a role a right they have not got themselves, nor takes one from it. The role of the
administrator may everything and is left as it is, so that somebody always can.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.text import slugify

from clientela.platform import text
from clientela.platform.declare import Right
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http.actors import ALL, Actor
from clientela.platform.transactions import needs_transaction
from clientela.staff import rights
from clientela.staff.models import Role

CONFIGURE = "staff.configure"
KEY_LENGTH_MAX = 40
ROLES_MAX = 100


class RoleIsWhole(Problem):
    code = "role-is-whole"
    status = 409
    title = "This role may do everything, and stays so"


class RoleInUse(Problem):
    code = "role-in-use"
    status = 409
    title = "People have this role"


@needs_transaction
def make(*, name: str, wanted: Iterable[str], actor: Actor) -> Role:
    """A role of the company's own; its key comes from its name and stays."""
    said = _name(name)
    if Role.objects.count() >= ROLES_MAX:
        raise InvalidInput(f"There are at most {ROLES_MAX} roles.", field="name")
    role = Role(key=_free_key(said), name=said, rights=_known(wanted))
    _needs(role.rights, actor)
    role.save(force_insert=True)
    return role


@needs_transaction
def change(
    *, key: str, wanted: Iterable[str], actor: Actor, name: str | None = None
) -> tuple[Role, list[str], list[str]]:
    """The role with exactly these rights, and the rights it got and lost by that."""
    role = _locked(key)
    listed = _known(wanted)
    given = sorted(set(listed) - set(role.rights))
    taken = sorted(set(role.rights) - set(listed))
    _needs((*given, *taken), actor)
    if CONFIGURE in taken and key in actor.roles:
        raise InvalidInput("You would shut yourself out of the settings.", field="rights")
    role.name = role.name if name is None else _name(name, but=key)
    role.rights = listed
    role.save(update_fields=["name", "rights"])
    return role, given, taken


@needs_transaction
def remove(*, key: str, actor: Actor) -> Role:
    """A role of the company's own that nobody has any more."""
    role = _locked(key)
    if role.shipped is not None:
        raise InvalidInput("A role that came with the house is kept.", field="role")
    if role.people.exists():
        raise RoleInUse("Give its people another role first.", field="role")
    _needs(role.rights, actor)
    role.delete()
    return role


def offered() -> list[Right]:
    """The rights a role can have, in the order of the storeys. Those on kinds of data are for
    programs: what people see of fields is decided for their role.
    """
    return [right for right in rights.declared() if ":" not in right.key]


def as_shipped(key: str) -> list[str]:
    """The rights a role came with."""
    if key not in rights.SHIPPED_ROLES:
        raise NotThere("There is no such role.")
    return list(rights.SHIPPED_ROLES[key][1])


def _locked(key: str) -> Role:
    role = Role.objects.select_for_update().filter(key=key).first()
    if role is None:
        raise NotThere("There is no such role.")
    if ALL in role.rights:
        raise RoleIsWhole
    return role


def _known(wanted: Iterable[str]) -> list[str]:
    listed, known = set(wanted), [right.key for right in offered()]
    if unknown := listed - set(known):
        raise InvalidInput(f"A role cannot have the right {min(unknown)}.", field="rights")
    return [key for key in known if key in listed]


def _needs(listed: Iterable[str], actor: Actor) -> None:
    for right in listed:
        actor.needs(right)


def _name(name: str, *, but: str = "") -> str:
    said = text.clean(name)
    if not said:
        raise InvalidInput("Give the role a name.", field="name")
    if Role.objects.filter(name__iexact=said).exclude(key=but).exists():
        raise InvalidInput("Another role is called so.", field="name")
    return said


def _free_key(name: str) -> str:
    start = slugify(name)[: KEY_LENGTH_MAX - 4].strip("-") or "role"
    taken = set(Role.objects.filter(key__startswith=start).values_list("key", flat=True))
    names = [start, *(f"{start}-{number}" for number in range(2, ROLES_MAX + 2))]
    return next(one for one in names if one not in taken)
