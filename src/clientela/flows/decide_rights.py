"""Who may see, edit and reveal what: the matrix of roles and fields, and what is decided in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from clientela.customers import data_classes, deciding, sight
from clientela.customers.access.models import FieldRight
from clientela.customers.data_classes import DataClass
from clientela.customers.deciding import STANDARD, Decision
from clientela.customers.models import Field
from clientela.customers.sight import May
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.platform import transactions
from clientela.platform.http.actors import ALL, Actor
from clientela.staff import queries as staff
from clientela.staff.models import Role

RIGHT = "staff.configure"
DECIDED = "rights.decided"


@dataclass(frozen=True, slots=True)
class Cell:
    """`may` is what was decided, or `standard`; `effective` what comes of it."""

    role: str
    may: str
    effective: str


@dataclass(frozen=True, slots=True)
class Line:
    """A kind of data, or one field of it."""

    data_class: DataClass
    profile_type: str
    field: Field | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    roles: tuple[Role, ...]
    lines: tuple[Line, ...]


def matrix(*, fields_of: str | None = "") -> Matrix:
    """Kinds of data, with the fields of one kind under it; `fields_of` None: with all fields."""
    roles = tuple(role for role in staff.roles() if ALL not in role.rights)
    decided = {
        (right.role_id, right.data_class, right.field_id): right
        for right in FieldRight.objects.all()
    }
    fields = Field.objects.filter(retired_at=None).select_related("profile_type")
    if fields_of is not None:
        fields = fields.filter(data_class=fields_of)
    listed = list(fields.order_by("profile_type__position", "position", "key"))
    lines: list[Line] = []
    for kind in data_classes.CLASSES:
        lines.append(Line(kind, "", None, _cells(roles, decided, kind, None)))
        own = [one for one in listed if data_classes.of(one.data_class) == kind]
        lines += [
            Line(kind, one.profile_type.key, one, _cells(roles, decided, kind, one)) for one in own
        ]
    return Matrix(roles, tuple(lines))


@transactions.retried
def decide_rights(
    decisions: Sequence[Decision], *, actor: Actor, now: datetime, request: str = ""
) -> int:
    """All of them or none; how many differ from what stood. Each change is in the log."""
    actor.needs(RIGHT)
    with transactions.open():
        changed = deciding.decide(decisions, actor=actor, now=now)
        if changed:
            told = Happening(DECIDED, now, None, "", {"rights": list(map(_told, decisions))})
            events.emit([told], actor=actor, now=now, request=request)
    return changed


def differing(decisions: Iterable[Decision]) -> list[Decision]:
    """Those that say something else than what stands: a whole form sends all it shows."""
    stands = {
        (cell.role, "" if line.field else line.data_class.key, line.profile_type,
         line.field.key if line.field else ""): cell.may
        for line in matrix(fields_of=None).lines for cell in line.cells
    }  # fmt: skip
    return [
        one for one in decisions
        if stands.get((one.role, one.data_class, one.profile_type, one.field)) != one.may
    ]  # fmt: skip


def _cells(
    roles: Sequence[Role], decided: dict[tuple[str, str, int | None], FieldRight], kind: DataClass,
    field: Field | None,
) -> tuple[Cell, ...]:  # fmt: skip
    found = []
    for role in roles:
        of_kind = decided.get((role.key, kind.key, None))
        own = decided.get((role.key, "", field.pk)) if field else of_kind
        right = own or of_kind
        effective = _may(right) if right else sight.may_by_default(kind)
        found.append(Cell(role.key, _word(own), deciding.word_of(effective)))
    return tuple(found)


def _word(right: FieldRight | None) -> str:
    if right is None:
        return STANDARD
    return deciding.word_of(_may(right))


def _may(right: FieldRight) -> May:
    return May(right.sees, right.edits, right.reveals)


def _told(one: Decision) -> dict[str, str]:
    field = {"profile_type": one.profile_type, "field": one.field} if one.field else {}
    kind = {"data_class": one.data_class} if one.data_class else {}
    return {"role": one.role, "may": one.may, **kind, **field}
