"""What an actor may see of customers: which of them, and which fields of them.

Whoever shows, filters, sorts, counts, exports, tells or changes a field asks `sight_of(actor)`, and
what fetches rows asks `present()`. A field is hidden, seen or edited; a sensitive one that is seen
is masked until it is revealed with a reason. What nobody decided is as the kind of data says.

A person sees what any of their roles sees. A key acts by its own rights: `customers.see:financial`,
`customers.edit:…`, `customers.reveal:…`. One that names kinds of data sees these and no others; one
that names none sees what a role without rows would.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from clientela.customers import data_classes
from clientela.customers.data_classes import EDIT, REVEAL, SEE, DataClass
from clientela.customers.models import Customer, Field
from clientela.platform import ids, sql
from clientela.platform.errors import Problem
from clientela.platform.http import actors
from clientela.platform.http.actors import ALL, Actor

IDENTITIES = "#identities"  # stands for a profile type where kinds of identities are meant
FIELD_OF_FACT = {"age": "birth_date"}  # facts called otherwise than the field they come from
PLAIN = ("name", "language", "country", "branch", "owner")
SEE_RESTRICTED = "customers.see_restricted"
CACHE_SECONDS = 1.0
SIGHTS_MAX = 500
Place = tuple[str, str]  # profile type and field
Row = TypeVar("Row", bound=Model)


class FieldNotVisible(Problem):
    code = "field-not-visible"
    status = 403
    title = "You may not see this field"


class FieldNotEditable(Problem):
    code = "field-not-editable"
    status = 403
    title = "You may not change this field"


class FieldNotRevealed(Problem):
    code = "field-not-revealed"
    status = 403
    title = "You may not reveal this field"


@dataclass(frozen=True, slots=True)
class May:
    """What one role, or one key, may do with one field."""

    sees: bool = True
    edits: bool = True
    reveals: bool = False

    def __or__(self, other: May) -> May:
        return May(
            self.sees or other.sees, self.edits or other.edits, self.reveals or other.reveals
        )


EVERYTHING = May(reveals=True)


@dataclass(frozen=True)
class Sight:
    """`branches`: whose customers are seen; None is the whole company. `person`: who sees customers
    of other branches that are theirs to look after. `sees_restricted`: also those whose record is
    kept and used for nothing.
    """

    branches: frozenset[str] | None = None
    person: UUID | None = None
    sees_restricted: bool = True
    places: frozenset[Place] = frozenset()  # every field there is
    hidden: frozenset[Place] = frozenset()
    locked: frozenset[Place] = frozenset()  # seen, not edited
    sensitive: frozenset[Place] = frozenset()  # seen, and masked until revealed
    revealed: frozenset[Place] = frozenset()  # may be revealed with a reason

    def sees(self, profile_type: str, field: str) -> bool:
        return (profile_type, field) not in self.hidden

    def edits(self, profile_type: str, field: str) -> bool:
        return self.sees(profile_type, field) and (profile_type, field) not in self.locked

    def masks(self, profile_type: str, field: str) -> bool:
        """Whether a value is there but not shown: only its field is."""
        return (profile_type, field) in self.sensitive

    def reveals(self, profile_type: str, field: str) -> bool:
        return self.masks(profile_type, field) and (profile_type, field) in self.revealed

    def shows(self, profile_type: str, field: str) -> bool:
        """Whether its values may be read at once: seen, not masked. Only such a field is filtered,
        sorted, grouped, counted or exported by.
        """
        return self.sees(profile_type, field) and not self.masks(profile_type, field)

    def sees_identity(self, kind: str) -> bool:
        return self.shows(IDENTITIES, kind)

    def needs(self, profile_type: str, field: str) -> None:
        """For a filter, a sort, a column: FieldNotVisible where its values are not shown."""
        if not self.shows(profile_type, field):
            raise FieldNotVisible(f"You may not see the field {field}.", field=field)

    def needs_edit(self, profile_type: str, fields: Iterable[str]) -> None:
        for name in fields:
            if not self.sees(profile_type, name):
                raise FieldNotVisible(
                    f"You may not see the field {name}.", field=f"attributes.{name}"
                )
            if not self.edits(profile_type, name):
                raise FieldNotEditable(
                    f"You may not change the field {name}.", field=f"attributes.{name}"
                )

    def visible(self, profile_type: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """The values that may be read."""
        return {key: value for key, value in attributes.items() if self.shows(profile_type, key)}

    def masked(self, profile_type: str, attributes: Mapping[str, Any]) -> list[str]:
        """Fields that have a value which is not shown until it is revealed."""
        return sorted(key for key in attributes if self.masks(profile_type, key))

    @property
    def sees_everybody(self) -> bool:
        """Whether no customer is left out."""
        return self.branches is None and self.sees_restricted

    @cached_property
    def veils_fields(self) -> bool:
        """Whether any field of a profile type is hidden or masked."""
        return any(kind != IDENTITIES for kind, _key in self.hidden | self.sensitive)

    @property
    def veils_identities(self) -> bool:
        return bool(self.unshown_identities)

    def unseen_keys(self, profile_type: str = "") -> list[str]:
        """Fields left out of what is told of a customer of this type: hidden there or, where the
        type has no such field (any more, or it is not known), hidden in any other.
        """
        return sorted(
            key for kind, key in self.hidden
            if kind == profile_type
            or (kind != IDENTITIES and (profile_type, key) not in self.places)
        )  # fmt: skip

    def masked_keys(self) -> list[str]:
        """Sensitive fields of any type: they are not told of to other systems at all."""
        return sorted({key for kind, key in self.sensitive if kind != IDENTITIES})

    def shows_fact(self, key: str) -> bool:
        """Whether a fact of conditions is made only of fields that are shown in every type."""
        name = key.partition(".")[2]
        unshown = {field for kind, field in self.hidden | self.sensitive if kind != IDENTITIES}
        return not key.startswith("customer.") or FIELD_OF_FACT.get(name, name) not in unshown

    @cached_property
    def branch_list(self) -> list[str] | None:
        """As a parameter of SQL; NULL is the whole company."""
        return None if self.branches is None else sorted(self.branches)

    @property
    def of_rows(self) -> dict[str, Any]:
        """For a statement that narrows by `customers_is_seen`."""
        return {
            "branches": self.branch_list, "viewer": self.person, "restricted": self.sees_restricted,
        }  # fmt: skip

    @property
    def parameters(self) -> dict[str, Any]:
        """For a statement that finds customers by their identities, too."""
        return {
            "branches": self.branch_list,
            "person": self.person,
            "restricted": self.sees_restricted,
            "unsought": f"{{{','.join(self.unsought_identities)}}}",  # far cheaper than a list
        }

    @cached_property
    def hidden_json(self) -> str:
        """As a parameter of the veiled panels: fields by profile type."""
        return json.dumps(_by_type(self.hidden))

    @cached_property
    def masked_json(self) -> str:
        return json.dumps(_by_type(self.sensitive))

    @cached_property
    def unshown_identities(self) -> list[str]:
        """Kinds of identities whose values are not shown: those hidden, and those masked."""
        return sorted(kind for name, kind in self.hidden | self.sensitive if name == IDENTITIES)

    @cached_property
    def unsought_identities(self) -> list[str]:
        """Kinds of identities by which nobody is found: those hidden. A masked one is, whole."""
        return sorted(kind for name, kind in self.hidden if name == IDENTITIES)

    def of_customers(self) -> Q:
        """Which rows of customers are seen; merged ones are as their survivor is."""
        if self.sees_everybody:
            return Q()
        theirs = self._own()
        survivor = Customer.objects.filter(theirs, id=OuterRef("merged_into"))
        return Q(theirs, merged_into=None) | Q(Exists(survivor))

    def of(self, path: str = "customer_id") -> Q:
        """The same for rows of anything that names a customer at `path`."""
        if self.sees_everybody:
            return Q()
        return Q(Exists(Customer.objects.filter(self.of_customers(), id=OuterRef(path))))

    def _own(self) -> Q:
        used = Q() if self.sees_restricted else Q(hidden_since=None)
        if self.branches is None:
            return used
        mine = Q(owner_id=self.person) if self.person else Q(pk__in=[])
        return used & (Q(branch__in=["", *sorted(self.branches)]) | mine)


WHOLE = Sight()


def present() -> Sight:
    """What whoever acts now may see; everything, where the house itself acts."""
    actor = actors.present()
    return WHOLE if actor.id == actors.SYSTEM.id else sight_of(actor)


def seen(rows: QuerySet[Row], path: str = "customer_id") -> QuerySet[Row]:
    """Those of some rows whose customer, named at `path`, whoever acts may see."""
    return rows.filter(present().of(path))


def sight_of(actor: Actor) -> Sight:
    """What this actor may see; a change of the rights is followed by every process in a second."""
    if actor.id == actors.SYSTEM.id:
        return WHOLE
    known = _known()
    found = known.sights.get(actor)
    if found is None:
        if len(known.sights) >= SIGHTS_MAX:
            known.sights.clear()
        found = known.sights[actor] = _sight(actor, known)
    return found


def forget() -> None:
    """Drop this process's copy: after the rights or the fields were changed."""
    _cached.clear()


def may_of(actor: Actor, *, field: Field | None, data_class: str) -> May:
    """What an actor may with one field, or with a kind of data where none of its fields differs."""
    known = _known()
    kind = data_classes.of(field.data_class if field else data_class)
    return _may(actor, str(field.pk) if field else "", kind, known)


def as_rights(actor: Actor) -> list[str]:
    """What a key must be given so that it sees no more than somebody: the kinds of data they see
    whole. [] where a key that names no kind sees no more than they do.
    """
    if ALL in actor.rights or not actor.roles:
        return []
    found: dict[str, list[May]] = {kind.key: [] for kind in data_classes.CLASSES}
    for one in (known := _known()).fields:
        found[one.kind.key].append(_may(actor, one.id, one.kind, known))
    for kind in data_classes.CLASSES:
        found[kind.key].append(_may(actor, "", kind, known))
    if not any(_is_narrower(found[kind.key], kind) for kind in data_classes.CLASSES):
        return []
    return [
        (EDIT if all(may.edits for may in mays) else SEE) + key
        for key, mays in found.items()
        if all(may.sees for may in mays)
    ]


def _is_narrower(mays: Iterable[May], kind: DataClass) -> bool:
    return any((kind.sees and not may.sees) or (kind.edits and not may.edits) for may in mays)


def may_by_default(kind: DataClass) -> May:
    """What a role may that nobody decided on."""
    return May(kind.sees, kind.edits)


@dataclass(frozen=True, slots=True)
class _Defined:
    """A field as far as rights go; kinds of identities are fields without an id."""

    place: Place
    id: str
    kind: DataClass
    sensitive: bool


@dataclass(frozen=True)
class _Known:
    """The fields there are and what was decided for roles; `sights` were made of it."""

    fields: tuple[_Defined, ...]
    of_fields: Mapping[tuple[str, str], May]
    of_classes: Mapping[tuple[str, str], May]
    seen: float
    sights: dict[Actor, Sight] = field(default_factory=dict)


_cached: dict[str, _Known] = {}


def _known() -> _Known:
    kept = _cached.get("known")
    if kept is None or time.monotonic() - kept.seen > CACHE_SECONDS:
        kept = _cached["known"] = _read()
    return kept


def _read() -> _Known:
    fields, decided = sql.statement("customers", "rights").row() or ("[]", "[]")
    of_fields: dict[tuple[str, str], May] = {}
    of_classes: dict[tuple[str, str], May] = {}
    for role, data_class, field_id, *may in json.loads(decided):
        if field_id is None:
            of_classes[role, data_class] = May(*may)
        else:
            of_fields[role, field_id] = May(*may)
    listed = (*map(_defined, json.loads(fields)), *_identities())
    return _Known(listed, of_fields, of_classes, time.monotonic())


def _defined(row: Sequence[Any]) -> _Defined:
    id, profile_type, key, name, sensitive = row
    kind = data_classes.of(name)
    return _Defined((profile_type, key), id, kind, sensitive or kind.sensitive)


def _identities() -> Iterator[_Defined]:
    for name in data_classes.OF_IDENTITIES:
        kind = data_classes.of_identity(name)
        yield _Defined((IDENTITIES, name), "", kind, kind.sensitive)


def _sight(actor: Actor, known: _Known) -> Sight:
    person = ids.parse("per", actor.id) if actor.id.startswith("per_") else None
    found = [(one, _may(actor, one.id, one.kind, known)) for one in known.fields]
    return Sight(
        branches=actor.branches if actor.branches and ALL not in actor.rights else None,
        person=person,
        sees_restricted=actor.may(SEE_RESTRICTED),
        places=frozenset(one.place for one, _may in found),
        hidden=frozenset(one.place for one, may in found if not may.sees),
        locked=frozenset(one.place for one, may in found if may.sees and not may.edits),
        sensitive=frozenset(one.place for one, may in found if may.sees and one.sensitive),
        revealed=frozenset(one.place for one, may in found if may.reveals),
    )


def _may(actor: Actor, field_id: str, kind: DataClass, known: _Known) -> May:
    if ALL in actor.rights:
        return EVERYTHING
    if not actor.roles:
        return _by_rights(actor.rights, kind)
    may = May(sees=False, edits=False)
    for role in actor.roles:
        own = known.of_fields.get((role, field_id)) or known.of_classes.get((role, kind.key))
        may |= own or may_by_default(kind)
    return may


def _by_rights(rights: frozenset[str], kind: DataClass) -> May:
    """Of a key: what it names, or the default where it names no kind of data at all."""
    if not any(right.startswith((SEE, EDIT, REVEAL)) for right in rights):
        return may_by_default(kind)
    edits, reveals = EDIT + kind.key in rights, REVEAL + kind.key in rights
    return May(edits or reveals or SEE + kind.key in rights, edits, reveals)


def _by_type(places: Iterable[Place]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for profile_type, name in sorted(places):
        found.setdefault(profile_type, []).append(name)
    return found
