"""Whom the rows of a file speak of: found by the source's id or by ours, and held while written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from clientela.customers import families
from clientela.customers import queries as customers
from clientela.customers.families import Family
from clientela.customers.queries import Reference
from clientela.flows import one_customer
from clientela.flows.importing import Taken, Work
from clientela.imports.rules.faults import Reject
from clientela.platform import ids


class OfCustomer(Protocol):
    @property
    def number(self) -> int: ...

    @property
    def customer(self) -> str: ...


def reference(name: str, *, source: str) -> Reference:
    """What a file calls a customer: an id of its source, or one of ours that came back."""
    own = ids.find("cus", name)
    return Reference("id", str(own)) if own else Reference("external", name, source)


def found(names: Sequence[str], *, work: Work) -> list[UUID | None]:
    """The survivor each name means, in their order; of restricted ones too."""
    asked = [reference(name, source=work.source) for name in names]
    known = customers.resolve(asked, even_restricted=True)
    return [None if one is None else one.survivor for one in known]


def held(survivors: Iterable[UUID], *, work: Work) -> dict[UUID, Family]:
    """Their families, nobody else writing to them until the transaction ends. A trial, which is
    long and writes nothing, holds nobody.
    """
    wanted = set(survivors)
    if work.is_trial:
        return families.of(wanted)
    locked: set[UUID] = set()
    while True:
        one_customer.lock(sorted(wanted - locked))
        locked |= wanted
        known = families.of(wanted)
        wanted = {family.survivor for family in known.values()} | wanted
        if wanted == locked:
            return known


def by_place(
    rows: Sequence[OfCustomer], *, work: Work
) -> tuple[dict[int, Family], dict[int, Taken]]:
    """The family each row speaks of, and what became of the rows that speak of nobody known."""
    survivors = found([row.customer for row in rows], work=work)
    known = held((id for id in survivors if id is not None), work=work)
    taken = {
        place: without_customer(row.number, "customer", row.customer)
        for place, (row, id) in enumerate(zip(rows, survivors, strict=True))
        if id is None
    }
    return {
        place: known[id] for place, id in enumerate(survivors) if id is not None
    }, taken  # fmt: skip


def without_customer(number: int, column: str, value: str) -> Taken:
    fault = Reject(number, column, "unknown-customer", {"value": value})
    return Taken("without_customer", (fault,))


def in_order(taken: Mapping[int, Taken], count: int) -> list[Taken]:
    return [taken[place] for place in range(count)]
