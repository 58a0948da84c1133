"""A pack is loaded: what is new is made, what differs is changed, the rest is left alone.

All of it or nothing. A change that would break records of customers is refused, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db import transaction

from clientela.customers.definitions import queries
from clientela.customers.kin import actions as kin
from clientela.customers.kin.models import RelationKind
from clientela.customers.models import Field, ProfileType
from clientela.customers.rules import shapes
from clientela.customers.rules.shapes import FieldShape
from clientela.flows.packs.reading import Pack, TypePack
from clientela.flows.shapes import fields, profile_types
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.products import actions as products
from clientela.products.models import Kind

State = Literal["new", "changed", "unchanged", "checking", "refused"]


class PackBreaksCustomers(Problem):
    code = "pack-breaks-customers"
    status = 409
    title = "Customers would not fit what this pack says; nothing was changed"


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one thing of a pack; `what` is type, field, kind or relation."""

    what: str
    name: str
    state: State
    members: tuple[str, ...] = ()
    offenders: int = 0


class _Enough(Exception):
    """Ends a trial, with nothing kept."""


def load(
    pack: Pack, *, on: date | None = None, actor: Actor, now: datetime, request: str = ""
) -> list[Line]:
    """Loading the same pack again changes nothing. PackBreaksCustomers lists what does not fit;
    with `on` such rules are in force from that day for all writes.
    """
    actor.needs(profile_types.RIGHT)
    with transactions.open():
        lines = list(_loaded(pack, on=on, actor=actor, now=now, request=request))
        if refused := [line for line in lines if line.state == "refused"]:
            told = [{"field": line.name, "offenders": line.offenders} for line in refused]
            words = ", ".join(f"{line.name} ({line.offenders})" for line in refused)
            raise PackBreaksCustomers(f"Customers that do not fit: {words}.", faults=told)
    return lines


def check(pack: Pack, *, actor: Actor, now: datetime) -> list[Line]:
    """What loading would do; nothing is kept."""
    actor.needs(profile_types.RIGHT)
    lines: list[Line] = []
    try:
        with transaction.atomic():
            lines += _loaded(pack, on=None, actor=actor, now=now, request="")
            raise _Enough
    except _Enough:
        return lines


def _loaded(
    pack: Pack, *, on: date | None, actor: Actor, now: datetime, request: str
) -> Iterator[Line]:
    told = {"actor": actor, "now": now, "request": request}
    known = {kind.key: kind for kind in queries.types()}
    for one in pack.types:
        if one.key in known:
            yield from _again(known[one.key], one, on=on, told=told)
        else:
            yield from _made(one, told=told)
    yield from _kinds(pack)
    yield from _relations(pack)


def _made(one: TypePack, *, told: Mapping[str, Any]) -> Iterator[Line]:
    kind = profile_types.define_type(
        key=one.key, party=one.party, labels=one.labels, groups=one.groups, **told
    )
    yield Line("type", one.key, "new")
    for shape in _in_order(one.fields):
        fields.define_field(kind.key, shapes.as_mapping(shape), **told)
        yield Line("field", f"{one.key}.{shape.key}", "new")
    fields.put_fields_in_order(one.key, [shape.key for shape in one.fields], **told)
    if one.calculated or one.retired:
        wanted = {"computed": list(one.calculated), "retired": one.retired}
        profile_types.change_type(one.key, wanted, **told)


def _again(
    kind: ProfileType, one: TypePack, *, on: date | None, told: Mapping[str, Any]
) -> Iterator[Line]:
    """A type that is there: groups first, then fields, then what counts from them."""
    there = {field.key: field for field in kind.fields.all()}
    before = _told_of(kind)
    groups = [*one.groups, *(group for group in kind.groups if not _is_in(group, one.groups))]
    profile_types.change_type(one.key, {"labels": one.labels, "groups": groups}, **told)
    lines = [_field(one.key, there.get(shape.key), shape, on=on, told=told)
             for shape in _in_order(one.fields)]  # fmt: skip
    wanted = {"computed": list(one.calculated), "retired": one.retired}
    profile_types.change_type(one.key, wanted, **told)
    _put_in_order(kind, [shape.key for shape in one.fields], told=told)
    after = _told_of(queries.profile_type(one.key))
    changed = tuple(name for name, value in after.items() if before[name] != value)
    yield Line("type", one.key, "changed" if changed else "unchanged", changed)
    yield from lines


def _told_of(kind: ProfileType) -> dict[str, Any]:
    return {
        "labels": kind.labels, "groups": kind.groups, "calculated": kind.calculated,
        "retired": kind.retired_at is not None,
    }  # fmt: skip


def _is_in(group: Mapping[str, Any], groups: Any) -> bool:
    return any(one.get("key") == group["key"] for one in groups)


def _put_in_order(kind: ProfileType, keys: list[str], *, told: Mapping[str, Any]) -> None:
    """Those of the pack in its order, where they are not already."""
    named = set(keys)
    there = [one.key for one in queries.profile_type(kind.key).fields.all() if one.key in named]
    if there != keys:
        fields.put_fields_in_order(kind.key, keys, **told)


def _field(
    type_key: str, there: Field | None, shape: FieldShape, *, on: date | None,
    told: Mapping[str, Any],
) -> Line:  # fmt: skip
    name = f"{type_key}.{shape.key}"
    if there is None:
        fields.define_field(type_key, shapes.as_mapping(shape), **told)
        return Line("field", name, "new")
    members = shapes.differing(queries.shape_of(there), shape)
    if not members:
        return Line("field", name, "unchanged")
    said = dict.fromkeys(shapes.MEMBERS) | shapes.as_mapping(shape)
    outcome = fields.change_field(type_key, shape.key, said, on=on, **told)
    if outcome.is_refused and outcome.plan is not None:
        return Line("field", name, "refused", tuple(members), outcome.plan.offenders)
    is_under_way = outcome.plan is not None and outcome.plan.state != "applied"
    return Line("field", name, "checking" if is_under_way else "changed", tuple(members))


def _in_order(listed: tuple[FieldShape, ...]) -> list[FieldShape]:
    """Fields that ask about others come after those."""
    return sorted(listed, key=lambda shape: "required_when" in shape.rules)


def _kinds(pack: Pack) -> Iterator[Line]:
    known = {
        kind.key: {"key": kind.key, "labels": kind.labels, "icon": kind.icon, "held": kind.held}
        for kind in Kind.objects.all()
    }
    differing = [kind for kind in pack.kinds if known.get(kind["key"]) != kind]
    products.define_kinds(differing)
    for kind in pack.kinds:
        is_new = kind["key"] not in known
        state: State = "new" if is_new else "changed" if kind in differing else "unchanged"
        yield Line("kind", kind["key"], state)


def _relations(pack: Pack) -> Iterator[Line]:
    """Kinds of relations; those that are there keep their place."""
    known = {
        kind.key: {"key": kind.key, "labels": kind.labels, "labels_back": kind.labels_back,
                   "is_mutual": kind.is_mutual}
        for kind in RelationKind.objects.all()
    }  # fmt: skip
    places = dict(RelationKind.objects.values_list("key", "position"))
    for place, kind in enumerate(pack.relations):
        if known.get(kind["key"]) != kind:
            position = places.get(kind["key"], len(places) + place)
            kin.define_kinds([{**kind, "position": position}])
        is_new = kind["key"] not in known
        state: State = "unchanged" if known.get(kind["key"]) == kind else "changed"
        yield Line("relation", kind["key"], "new" if is_new else state)
