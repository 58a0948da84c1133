"""Who somebody about to be written down may be, among all customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from clientela.customers.models import Customer, ProfileType
from clientela.matching.rules import likeness as rules
from clientela.matching.rules.likeness import Held, Likeness, Person
from clientela.matching.rules.roles import Role, roles_of
from clientela.platform import sql, text

NAMES_MAX = 200
WORDS_MAX = 10


@dataclass(frozen=True, slots=True)
class New:
    """Somebody to be written down; `identities` are (kind, normal form)."""

    name: str
    party: str
    profile_type: str
    identities: tuple[tuple[str, str], ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer the new one may be: `kind` is same or likely, with the codes of the reasons."""

    customer: Customer
    kind: str
    reasons: tuple[str, ...]


def likely(new: New, *, but: Iterable[UUID] = ()) -> list[Candidate]:
    """Candidates, the same ones first; `but`: records that do not count."""
    return likely_each([new], but=but)[0]


def likely_each(batch: Sequence[New], *, but: Iterable[UUID] = ()) -> list[list[Candidate]]:
    """Candidates of each of a batch, with the same few statements for all."""
    held = _held(batch)
    named = _named(batch)
    wanted = {id for place in held.values() for id in place} | {
        id for place in named.values() for id in place
    }
    known = _known(wanted.difference(but))
    roles = _roles({one.profile_type for one in known.values()}, batch)
    like = [
        _like(new, held.get(place, {}), named.get(place, set()), known=known, roles=roles)
        for place, new in enumerate(batch)
    ]
    customers = Customer.objects.select_related("profile_type").in_bulk(
        {id for one in like for id, _ in one}
    )
    return [
        [Candidate(customers[id], likeness.kind, likeness.reasons)
         for id, likeness in one if id in customers]
        for one in like
    ]  # fmt: skip


class _Known(NamedTuple):
    """What is compared of somebody: a common name has hundreds, and few of them are alike."""

    party: str
    name: str
    attributes: Mapping[str, Any]
    profile_type: str


def _known(ids: Iterable[UUID]) -> dict[UUID, _Known]:
    columns = ("id", "party", "display_name", "attributes", "profile_type__key")
    rows = Customer.objects.filter(id__in=list(ids)).values_list(*columns)
    return {id: _Known(*told) for id, *told in rows}


def _like(
    new: New, held: Mapping[UUID, list[Held]], named: set[UUID], *,
    known: Mapping[UUID, _Known], roles: Mapping[str, Mapping[Role, str]],
) -> list[tuple[UUID, Likeness]]:  # fmt: skip
    asked = person(new.name, new.attributes, roles.get(new.profile_type, {}))
    found: list[tuple[UUID, Likeness]] = []
    for id in sorted({*held, *named} & set(known)):
        one = known[id]
        if one.party != new.party:
            continue
        other = person(one.name, one.attributes, roles[one.profile_type])
        likeness: Likeness | None = rules.likeness(asked, other, held.get(id, ()))
        if likeness is not None:
            found.append((id, likeness))
    return sorted(found, key=lambda one: one[1].kind != "same")


def person(name: str, attributes: Mapping[str, Any], roles: Mapping[Role, str]) -> Person:
    words = frozenset(text.words(name))
    birth = str(attributes.get(roles.get("birth_date", ""), "") or "")
    where = [
        text.folded(str(attributes[key]))
        for role in ("street", "place", "postcode")
        if (key := roles.get(role)) and attributes.get(key)
    ]
    return Person(words, birth, " ".join(where) if roles.get("street") and where else "")


def _held(batch: Sequence[New]) -> dict[int, dict[UUID, list[Held]]]:
    rows = [
        (place, kind, value)
        for place, new in enumerate(batch)
        for kind, value in new.identities
    ]  # fmt: skip
    found: dict[int, dict[UUID, list[Held]]] = {}
    if not rows:
        return found
    for place, survivor, kind, shared in sql.statement("matching", "likely_by_identity").rows(
        size=len(rows), shared_by=rules.SHARED_BY_MORE_THAN,
        **sql.columns(rows, ("place", "kind", "value")),
    ):  # fmt: skip
        found.setdefault(place, {}).setdefault(survivor, []).append(Held(kind, shared))
    return found


def _named(batch: Sequence[New]) -> dict[int, set[UUID]]:
    """Those with the same name; it says nothing alone, so only where more is given."""
    rows = [
        (place, " & ".join(f"'{word}'" for word in sorted(words)))
        for place, new in enumerate(batch)
        if new.attributes
        and (words := set(text.words(new.name)[:WORDS_MAX]))
        and sum(map(len, words)) >= rules.NAME_LENGTH_MIN
    ]
    found: dict[int, set[UUID]] = {}
    if not rows:
        return found
    for place, survivor in sql.statement("matching", "likely_by_name").rows(
        size=len(rows), most=NAMES_MAX, **sql.columns(rows, ("place", "words"))
    ):
        found.setdefault(place, set()).add(survivor)
    return found


def _roles(known: AbstractSet[str], batch: Sequence[New]) -> dict[str, Mapping[Role, str]]:
    """Of each profile type by its key."""
    keys = known | {new.profile_type for new in batch}
    kinds = ProfileType.objects.filter(key__in=keys).prefetch_related("fields")
    return {
        kind.key: roles_of((field.key, field.rules) for field in kind.fields.all())
        for kind in kinds
    }  # fmt: skip
