"""A look-up by one value: nobody, one customer, or several of whom a person chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.identities.rules import KINDS
from clientela.customers.queries import Hit
from clientela.flows import customer_identities
from clientela.platform import text
from clientela.platform.errors import InvalidInput
from clientela.products import queries as products

NUMBER = "customer-number"
SOURCE = "source"
HOLDING = "holding"
LOOK_UPS = (*KINDS, NUMBER, SOURCE, HOLDING)
Match = Literal["none", "one", "many"]


@dataclass(frozen=True, slots=True)
class Found:
    """`shared`: it tells a household and no person, so of one customer it is no proof either."""

    kind: str
    value: str
    match: Match
    hits: tuple[Hit, ...]
    shared: bool


def find(kind: str, value: str, *, source: str = "", country: str = "") -> Found:
    """Who is known by this, merged customers as their survivor. The value is brought to the form
    of its kind first; of national ids the answer holds no more than the last signs.
    """
    if kind not in LOOK_UPS:
        raise InvalidInput(f"A kind is one of {', '.join(LOOK_UPS)}.", field="kind")
    shown, found, shared = _known_by(kind, value, source=source, country=country)
    match: Match = "none" if not found else "one" if len(found) == 1 else "many"
    return Found(kind, shown, match, tuple(customers.candidates(found)), shared)


def _known_by(kind: str, value: str, *, source: str, country: str) -> tuple[str, list[UUID], bool]:
    if kind in KINDS:
        new = customer_identities.normal(kind, value, country=country)
        shared = customers.is_shared(kind, new.norm)
        return new.shown, customers.survivors_by(kind, new.norm), shared
    written = _cleaned(value)
    if kind == NUMBER:
        return written, customers.survivors_by(kind, written), False
    if kind == HOLDING:
        return written, _survivors(products.customers_by_number(written)), False
    if not source:
        raise InvalidInput("Name the source whose id this is.", field="source")
    [resolved] = customers.resolve([customers.Reference("external", written, source)])
    return written, [resolved.survivor] if resolved else [], False


def _survivors(named: list[UUID]) -> list[UUID]:
    references = [customers.Reference("id", str(id)) for id in named]
    found = (one.survivor for one in customers.resolve(references) if one is not None)
    return list(dict.fromkeys(found))


def _cleaned(value: str) -> str:
    try:
        written = text.clean(value)
    except ValueError:
        written = ""
    if not written:
        raise InvalidInput("Nothing was given.", field="value")
    return written
