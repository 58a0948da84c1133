"""Rows of purchases without a customer, where the mapping says that they are kept.

They are of no customer, so no programme counts them; a row that names the buyer later takes their
place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from clientela.flows.importing import NEW, REPEATED, Taken, Work, rejected
from clientela.imports.rules import effects
from clientela.imports.rules.effects import Effect
from clientela.imports.rules.rows import PurchaseRow
from clientela.purchases import queries
from clientela.purchases.unnamed import actions as unnamed
from clientela.purchases.unnamed.actions import NewUnnamed

Rows = Mapping[int, tuple[PurchaseRow, str]]  # by place, with the key of each


def are_kept(work: Work) -> bool:
    return work.mapping.no_customer == "keep"


def take(rows: Rows, *, work: Work) -> tuple[dict[int, Taken], Effect]:
    """What became of the rows, and what was written."""
    if not rows:
        return {}, Effect(effects.UNNAMED, [])
    documents = list(_documents(rows, by_lines=work.mapping.rows == "lines").values())
    named = queries.known("purchase", [(work.source, rows[one[0]][1]) for one in documents])
    open_ones = [one for place, one in enumerate(documents) if place not in named]
    taken = {place: REPEATED for at in named for place in documents[at]}
    kept = unnamed.keep([_new(one, rows, work) for one in open_ones], now=work.now)
    for document, one in zip(open_ones, kept, strict=True):
        for place in document:
            row = rows[place][0]
            other = rejected(row.number, "reference", "reference-taken", row.reference or "")
            taken[place] = NEW if one.id else REPEATED if one.is_same else other
    return taken, Effect(effects.UNNAMED, [one.id for one in kept if one.id])


def let_go(references: Iterable[str], *, work: Work) -> Effect:
    """Sales kept without a customer that have one now."""
    gone = unnamed.let_go(work.source, references)
    return Effect(
        effects.UNNAMED_NAMED, [id for id, _ in gone], before=[values for _, values in gone]
    )


def _documents(rows: Rows, *, by_lines: bool) -> dict[object, list[int]]:
    found: dict[object, list[int]] = {}
    for place, (_, key) in rows.items():
        found.setdefault(key if by_lines else (key, place), []).append(place)
    return found


def _new(document: Sequence[int], rows: Rows, work: Work) -> NewUnnamed:
    first, key = rows[document[0]]
    products = {rows[place][0].product or "" for place in document}
    return NewUnnamed(
        work.source, key, first.purchased_at,
        sum(rows[place][0].amount_minor for place in document), first.currency,
        products.pop() if len(products) == 1 else "", first.channel or "", first.place or "",
    )  # fmt: skip
