"""Customers of an import: laid out without the database, in lines it reads, then written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from clientela.customers import numbering, rules, sealed
from clientela.customers.identities.rules import EXCLUSIVE
from clientela.customers.models import Customer
from clientela.platform import ids, sql
from clientela.platform.transactions import needs_transaction


class Ready(NamedTuple):
    """One new customer with everything that is kept, in the order of the columns. Values that are
    kept sealed are not among `attributes`, see `lay_out`.
    """

    profile_type: int
    party: str
    display_name: str
    folded_name: str
    sort_key: str
    language: str
    country: str
    attributes: str
    attributes_folded: str
    words: str
    external_id: str


class Found(NamedTuple):
    """What the customer at a place is found by: at most one of a kind each."""

    place: int
    kind: str
    value_norm: str
    value_shown: str


@dataclass(frozen=True, slots=True)
class LaidOut:
    """Lines for the database, and of which customer each of them is."""

    ids: Sequence[UUID]
    lines: Sequence[str]
    identity_of: Sequence[int]  # places of customers
    identity_lines: Sequence[str]

    def only(self, places: Sequence[int]) -> LaidOut:
        """The customers at these places, which rise."""
        if len(places) == len(self.ids):
            return self
        moved = {place: at for at, place in enumerate(places)}
        kept = [at for at, place in enumerate(self.identity_of) if place in moved]
        return LaidOut(
            [self.ids[place] for place in places], [self.lines[place] for place in places],
            [moved[self.identity_of[at]] for at in kept], [self.identity_lines[at] for at in kept],
        )  # fmt: skip


def lay_out(
    customers: Sequence[Ready], found: Sequence[Found],
    secrets: Mapping[int, Mapping[str, Any]] = MappingProxyType({}),
) -> LaidOut:  # fmt: skip
    """Give ids and write the lines; the database is not asked. `secrets`: by place, values to be
    sealed for their customer.
    """
    if not customers:
        return LaidOut((), (), (), ())
    own = ids.uuid7s(len(customers))
    columns = dict(zip(Ready._fields, zip(*customers, strict=True), strict=True))
    if secrets:
        columns["attributes"] = tuple(
            _with(attributes, secrets[place], own[place]) if place in secrets else attributes
            for place, attributes in enumerate(columns["attributes"])
        )
    lines = sql.statement("customers", "enlist").lines(id=own, **columns)
    if not found:
        return LaidOut(own, lines, (), ())
    places, kinds, norms, shown = zip(*found, strict=True)
    identity_lines = sql.statement("customers", "identify_enlisted").lines(
        id=ids.uuid7s(len(found)), customer_id=[own[place] for place in places], kind=kinds,
        value_norm=norms, value_shown=shown,
    )  # fmt: skip
    return LaidOut(own, lines, places, identity_lines)


@needs_transaction
def enlist(
    laid_out: LaidOut, *, source: str, now: datetime, today: date, is_demo: bool = False
) -> list[int]:
    """Register them; the places of those whom somebody else registered meanwhile."""
    if not laid_out.ids:
        return []
    left_out = sql.statement("customers", "enlist").taking(
        map("{}\t{}".format, laid_out.lines, numbering.draw(len(laid_out.ids))),
        source=source, status=str(Customer.Status.ACTIVE), today=today, now=now, is_demo=is_demo,
    )  # fmt: skip
    places = _places({id for (id,) in left_out}, laid_out)
    written = laid_out
    if places:
        gone = set(places)
        written = laid_out.only([at for at in range(len(laid_out.ids)) if at not in gone])
    if written.identity_lines:
        sql.statement("customers", "identify_enlisted").taking(
            written.identity_lines, now=now, exclusive_kinds=list(EXCLUSIVE)
        )
    return places


def _with(attributes: str, secrets: Mapping[str, Any], customer_id: UUID) -> str:
    """JSON of a record with these values sealed in it."""
    kept = rules.as_json(sealed.sealed_in(secrets, customer_id=customer_id, keys=secrets))
    return kept if attributes == "{}" else f"{attributes[:-1]},{kept[1:]}"


def _places(wanted: Collection[UUID], laid_out: LaidOut) -> list[int]:
    if not wanted:
        return []
    return [place for place, id in enumerate(laid_out.ids) if id in wanted]
