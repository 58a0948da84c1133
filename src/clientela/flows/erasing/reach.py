"""What of the tables is about a customer, and what erasing does to it: counted first, then done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import UUIDField
from django.utils.functional import Promise
from psycopg.sql import SQL, Composed, Identifier

from clientela.customers.forgetting import queries as known
from clientela.platform import ids, sql
from clientela.platform.declare import Erasing, Personal, house

ROOT = "customers_customer"
MARKS = "%(marks)s"
KNOWN_SIGNS_MIN = 5
"""Shorter values are found in everything: they are looked for in no file and no answer."""


@dataclass(frozen=True, slots=True)
class Reached:
    """`rows` of a table: what becomes, or became, of them."""

    table: str
    title: str | Promise
    data_class: str
    how: Erasing
    rows: int


def tables() -> dict[str, Personal]:
    """Every table with rows about customers, those of the highest storey first, the record last."""
    found = {
        name: personal for app in reversed(list(house())) for name, personal in app.personal.items()
    }
    return {**{name: one for name, one in found.items() if name != ROOT}, ROOT: found[ROOT]}


def chosen(classes: Collection[str]) -> Iterator[tuple[str, Personal]]:
    """The tables of these classes; with none named all of them."""
    for name, personal in tables().items():
        if not classes or (personal.data_class in classes and name != ROOT):
            yield name, personal


def parameters(family: Sequence[UUID]) -> dict[str, Any]:
    return {
        "family": list(family), "values": values_of(family), "words": words_of(family),
    }  # fmt: skip


def values_of(family: Sequence[UUID]) -> list[str]:
    """What a customer is and was called and known by, as it may stand in files and answers."""
    public = {ids.public("cus", id) for id in family}
    return _long_enough(public | known.names_of(family) | known.known_by(family))


def words_of(family: Sequence[UUID]) -> list[str]:
    """The words of their names, as a household may be called after them."""
    return _long_enough({word for name in known.names_of(family) for word in name.split()})


def _long_enough(values: Iterable[str]) -> list[str]:
    return sorted(value for value in values if len(value) >= KNOWN_SIGNS_MIN)


def counted(family: Sequence[UUID], classes: Collection[str]) -> list[Reached]:
    """What erasing would touch, table by table; those with nothing of the customer are left out."""
    values, found = _with_marks(family, classes), []
    for name, personal in chosen(classes):
        text = f"SELECT count(*) FROM {name} WHERE {personal.erased_of}"  # noqa: S608
        row = sql.execute(text, _needed(text, values)).fetchone()
        if row and row[0]:
            found.append(
                Reached(name, personal.title, personal.data_class, personal.erased, row[0])
            )
    return found


def erase(family: Sequence[UUID], classes: Collection[str]) -> dict[str, int]:
    """Delete or empty; rows by table. Needs the owner of the tables."""
    values = _with_marks(family, classes)
    reached = {}
    for name, personal in chosen(classes):
        if statement := _statement(name, personal):
            touched = sql.raw().execute(statement, values).rowcount
            if touched:
                reached[name] = touched
    return reached


def _with_marks(family: Sequence[UUID], classes: Collection[str]) -> dict[str, Any]:
    """Also the ids of every row that will be reached, as they stand in answers that were kept."""
    values = parameters(family)
    marks: list[str] = [id.hex for id in family]
    for name, personal in chosen(classes):
        if name in _by_uuid() and MARKS not in personal.erased_of:
            text = f"SELECT id FROM {name} WHERE {personal.erased_of}"  # noqa: S608
            marks += [id.hex for (id,) in sql.execute(text, _needed(text, values)).fetchall()]
    return {**values, "marks": marks}


@cache
def _by_uuid() -> frozenset[str]:
    """The tables whose rows have ids that people and other systems see."""
    return frozenset(
        model._meta.db_table for model in apps.get_models()
        if isinstance(model._meta.pk, UUIDField) and model._meta.pk.column == "id"
    )  # fmt: skip


def _statement(name: str, personal: Personal) -> Composed | None:
    """The values in it are words of the code, never of a person."""
    where = SQL(personal.erased_of)
    if personal.erased is Erasing.DELETE:
        return SQL("DELETE FROM {} WHERE {}").format(Identifier(name), where)
    if personal.erased is Erasing.CLEAR:
        columns = SQL(", ").join(
            SQL("{} = {}").format(Identifier(column), SQL(value))
            for column, value in personal.cleared.items()
        )
        return SQL("UPDATE {} SET {} WHERE {}").format(Identifier(name), columns, where)
    return None


def _needed(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if f"%({name})s" in text}
