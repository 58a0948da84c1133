"""Reads of people, roles and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from clientela.platform import ids
from clientela.platform.errors import NotThere
from clientela.platform.http.actors import ALL, NOBODY, SYSTEM, Actor
from clientela.staff import keys as api_keys
from clientela.staff import links
from clientela.staff.models import ApiKey, Branch, Invitation, Person, Role, Setting

LIST_MAX = 500
HOUSE = {SYSTEM.id: SYSTEM.name, "demo": SYSTEM.name}  # who loads the demo company is the house


def people() -> list[Person]:
    return list(Person.objects.prefetch_related("roles").order_by("name")[:LIST_MAX])


def people_by_name() -> list[tuple[str, str]]:
    """Public id and name of everybody, those who left too."""
    rows = Person.objects.order_by("name").values_list("id", "name")[:LIST_MAX]
    return [(ids.public("per", id), name) for id, name in rows]


def roles() -> list[Role]:
    return list(Role.objects.all()[:LIST_MAX])


def role(key: str) -> Role | None:
    return Role.objects.filter(key=key).first()


def role_called(key: str) -> Role:
    """The role with this key; NotThere where there is none."""
    found = role(key)
    if found is None:
        raise NotThere("There is no such role.")
    return found


def roles_of(public: str) -> list[str]:
    """Keys of the roles of a person; machines have none."""
    person_id = ids.find("per", public)
    if person_id is None:
        return []
    return list(Role.objects.filter(people=person_id).values_list("key", flat=True)[:LIST_MAX])


def branches() -> list[Branch]:
    return list(Branch.objects.all()[:LIST_MAX])


def keys() -> list[ApiKey]:
    return list(ApiKey.objects.all()[:LIST_MAX])


def person_by_email(email: str) -> Person | None:
    return Person.objects.active().filter(email=email.strip().casefold()).first()


def people_with(right: str) -> list[UUID]:
    """Everybody who may do this, by name."""
    people = Person.objects.active().filter(roles__rights__overlap=[right, ALL]).distinct()
    return list(people.order_by("name").values_list("id", flat=True)[:LIST_MAX])


def people_known_as(names: Sequence[str], *, extensions: Mapping[str, UUID]) -> list[UUID]:
    """Whom another system means by these names: extensions, e-mail addresses, ids. Names of nobody
    are left out.
    """
    wanted = [name.strip().casefold() for name in names if name.strip()]
    if not wanted:
        return []
    by_mail = dict(Person.objects.active().filter(email__in=wanted).values_list("email", "id"))
    by_id = {public: id for public in wanted if (id := ids.find("per", public)) is not None}
    found = [extensions.get(name) or by_mail.get(name) or by_id.get(name) for name in wanted]
    known = list(dict.fromkeys(id for id in found if id is not None))
    there = set(Person.objects.active().filter(id__in=known).values_list("id", flat=True))
    return [id for id in known if id in there]


def anybody_is_there() -> bool:
    """Whether the installation has people; the first page asks for an administrator if not."""
    return Person.objects.exists()


def actor_of(public: str) -> Actor:
    """The actor behind a stored public id, with the rights they have now; unknown: nobody."""
    if public == SYSTEM.id:
        return SYSTEM
    if public.startswith("per_"):
        person = Person.objects.active().filter(id=ids.parse("per", public)).first()
        return person.as_actor() if person else NOBODY
    return Actor(id=public, name=public)


def actor_with_rights(public: str) -> Actor:
    """Who once made something, with the rights they have now; none where they may no more."""
    if public.startswith("key_"):
        key = ApiKey.objects.filter(id=ids.parse("key", public), revoked_at=None).first()
        return api_keys.as_actor(key) if key else NOBODY
    if public.startswith("os:"):
        return Actor(public, public, frozenset({ALL}))  # whoever has the machine has all of it
    return actor_of(public)


def email_of(public: str) -> str:
    """By which address somebody is known here; nothing for a key and for the house."""
    if not public.startswith("per_"):
        return ""
    person = Person.objects.filter(id=ids.parse("per", public)).first()
    return person.email if person else ""


def names_of(publics: set[str]) -> dict[str, str]:
    """Names of people and keys by their public ids, for lists of who did what; what the house did
    by itself is the house's.
    """
    people_ids = [ids.parse("per", public) for public in publics if public.startswith("per_")]
    key_ids = [ids.parse("key", public) for public in publics if public.startswith("key_")]
    names = {person.public_id: person.name for person in Person.objects.filter(id__in=people_ids)}
    names |= {key.public_id: key.name for key in ApiKey.objects.filter(id__in=key_ids)}
    names |= {one: HOUSE[one] for one in publics & HOUSE.keys()}
    return names


def invited(token: str, *, now: datetime) -> Person | None:
    """Whom a sign-in link is for, while it works; looking does not use it up."""
    usable = Invitation.objects.filter(
        digest=links.digest(token), used_at=None, expires_at__gt=now, person__is_active=True
    )
    invitation = usable.select_related("person").first()
    return invitation.person if invitation else None


def setting_changes() -> list[Setting]:
    """The last change of each setting that was ever changed, the latest first."""
    newest = Setting.objects.order_by("name", "-id").distinct("name")
    return sorted(newest[:LIST_MAX], key=lambda change: -change.id)
