"""What of the tables is about a customer, and what erasing does to it: counted first, then done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from psycopg.sql import SQL, Composed, Identifier

from clientela.customers import queries as customers
from clientela.platform import ids, sql
from clientela.platform.declare import Erasing, Personal, house
from clientela.platform.http.actors import SYSTEM, acting

ROOT = "customers_customer"
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
    return {"family": list(family), "values": values_of(family)}


def values_of(family: Sequence[UUID]) -> list[str]:
    """What a customer is called and known by, as it may stand in files, answers and reports; also
    what whoever acts may not see.
    """
    with acting(SYSTEM):
        return _values_of(family)


def _values_of(family: Sequence[UUID]) -> list[str]:
    known = {ids.public("cus", id) for id in family}
    known |= set(customers.names_of(family).values())
    for identity in customers.identities_of(family):
        known |= {identity.value_norm, identity.value_shown}
    known |= {one.external_id for one in customers.external_ids_of(family)}
    return sorted(value for value in known if len(value) >= KNOWN_SIGNS_MIN)


def counted(family: Sequence[UUID], classes: Collection[str]) -> list[Reached]:
    """What erasing would touch, table by table; those with nothing of the customer are left out."""
    values, found = parameters(family), []
    for name, personal in chosen(classes):
        text = f"SELECT count(*) FROM {name} WHERE {personal.of}"  # noqa: S608
        row = sql.execute(text, _needed(text, values)).fetchone()
        if row and row[0]:
            found.append(
                Reached(name, personal.title, personal.data_class, personal.erased, row[0])
            )
    return found


def erase(family: Sequence[UUID], classes: Collection[str]) -> dict[str, int]:
    """Delete or empty; rows by table. Needs the owner of the tables."""
    values = parameters(family)
    reached = {}
    for name, personal in chosen(classes):
        if statement := _statement(name, personal):
            touched = sql.raw().execute(statement, values).rowcount
            if touched:
                reached[name] = touched
    return reached


def _statement(name: str, personal: Personal) -> Composed | None:
    """The values in it are words of the code, never of a person."""
    where = SQL(personal.of)
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
