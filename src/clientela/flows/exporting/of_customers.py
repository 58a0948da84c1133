"""Customers: their record, one phone and e-mail, and every field of theirs that may be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from clientela.customers import queries, rules
from clientela.customers.models import Customer, ExternalId, Identity
from clientela.customers.rules import FieldType
from clientela.exports.rules import Cell, Column
from clientela.flows.exporting.tables import ROWS_AT_ONCE, Asked, Table
from clientela.platform import money

PLAIN = ("customer", "name", "type", "phone", "email", "language", "country")
KINDS: Mapping[FieldType, str] = {
    FieldType.INTEGER: "whole", FieldType.DECIMAL: "number", FieldType.PERCENT: "number",
    FieldType.YES_NO: "yes_no", FieldType.DATE: "day",
}  # fmt: skip


def customers(asked: Asked, *, only: Sequence[UUID] | None = None) -> Table:
    """Everybody that may be seen, or those asked for; merged ones count as their survivor."""
    fields = _fields(asked)
    columns = [Column(name) for name in PLAIN]
    columns += [Column(_name(key), kind) for key, kind in fields.items()]
    return Table(columns, _rows(asked, fields, only))


def _fields(asked: Asked) -> dict[str, str]:
    """Keys of the fields that somebody with this sight may read, each with the kind of column."""
    found: dict[str, str] = {}
    for kind in queries.profile_types(with_fields=True).values():
        for field in kind.fields.all():
            if field.retired_at is None and asked.sight.shows(kind.key, field.key):
                found.setdefault(field.key, KINDS.get(FieldType(field.type), "text"))
    return found


def _name(key: str) -> str:
    return key if key == "birth_date" else f"attributes.{key}"


def _rows(
    asked: Asked, fields: Mapping[str, str], only: Sequence[UUID] | None
) -> Iterator[list[Cell]]:
    kinds = {kind.pk: kind.key for kind in queries.profile_types().values()}
    for piece in _pieces(asked, only):
        ids_ = [one.id for one in piece]
        names, found = _names(ids_, asked.source), _identities(ids_, asked)
        for one in piece:
            kind = kinds[one.profile_type_id]
            shown = asked.sight.visible(kind, one.attributes)
            phone, email = (found.get((one.id, it), "") for it in ("phone", "email"))
            plain = [names.get(one.id, one.public_id), one.display_name, kind, phone, email,
                     one.language, one.country]  # fmt: skip
            yield [*plain, *(_cell(shown.get(key), fields[key]) for key in fields)]


def _pieces(asked: Asked, only: Sequence[UUID] | None) -> Iterator[list[Customer]]:
    """By id, in pieces; given ids keep their order."""
    everybody = Customer.objects.filter(asked.sight.of_customers(), merged_into=None)
    if only is not None:
        for start in range(0, len(only), ROWS_AT_ONCE):
            wanted = list(only[start : start + ROWS_AT_ONCE])
            found = everybody.in_bulk(wanted)
            yield [found[id] for id in wanted if id in found]
        return
    last: UUID | None = None
    while True:
        rows = everybody if last is None else everybody.filter(id__gt=last)
        piece = list(rows.order_by("id")[:ROWS_AT_ONCE])
        if not piece:
            return
        yield piece
        last = piece[-1].id


def _names(found: Sequence[UUID], source: str) -> dict[UUID, str]:
    rows = ExternalId.objects.filter(customer_id__in=found, source=source).order_by("external_id")
    return dict(rows.values_list("customer_id", "external_id"))


def _identities(found: Sequence[UUID], asked: Asked) -> dict[tuple[UUID, str], str]:
    """The phone and the e-mail a customer is reached by first."""
    kinds = [kind for kind in ("phone", "email") if asked.sight.sees_identity(kind)]
    rows = Identity.objects.filter(customer_id__in=found, kind__in=kinds).order_by("-id")
    first: dict[tuple[UUID, str], str] = {}
    for one in sorted(rows, key=lambda one: one.primary_since is not None):
        shown = one.value_norm if one.kind == "phone" else one.value_shown
        first[one.customer_id, one.kind] = shown
    return first


def _cell(value: Any, kind: str) -> Cell:
    if value is None:
        return None
    if isinstance(value, dict):
        return (
            f"{money.Money(value['minor'], value['currency']).to_decimal():f} {value['currency']}"
        )
    if isinstance(value, list):
        return ";".join(map(str, value))
    if kind == "day":
        return date.fromisoformat(value)
    if kind == "number":
        return Decimal(str(value))
    return value if isinstance(value, (bool, int, str)) else rules.as_json({"": value})
