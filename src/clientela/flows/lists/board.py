"""A list laid out by the choices of one fact: the first customers of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clientela.flows.lists.reading import Reading, Row

PARTS_MAX = 12
CARDS_MAX = 15


@dataclass(frozen=True, slots=True)
class Part:
    """Customers of one choice, those with the latest activity first; `code` None: without one."""

    code: str | None
    rows: list[Row]
    has_more: bool


def parts_of(reading: Reading, codes: Sequence[str]) -> list[Part]:
    """A part for each choice and one for those without, in two statements."""
    column = reading.known.columns.facts[reading.state.board]
    text = (
        "SELECT one.code, page.id"
        " FROM unnest(%(codes)s::text[]) WITH ORDINALITY AS one (code, place)"
        " CROSS JOIN LATERAL ("
        "SELECT customer.id, customer.last_activity_at FROM customers_customer AS customer"
        f" WHERE {reading.where}"
        f" AND (({column.sql}) = one.code OR one.code IS NULL AND ({column.sql}) IS NULL)"
        " ORDER BY customer.last_activity_at DESC, customer.id DESC"
        f" LIMIT {CARDS_MAX + 1}) AS page"
        " ORDER BY one.place, page.last_activity_at DESC, page.id DESC"
    )
    wanted = [*codes, None]
    found = reading.run(text, {**reading.values, "codes": wanted})
    rows = {row.id: row for row in reading.rows([id for _, id in found])}
    parts = []
    for code in wanted:
        ids = [id for one, id in found if one == code]
        shown = [rows[id] for id in ids[:CARDS_MAX] if id in rows]
        parts.append(Part(code, shown, len(ids) > CARDS_MAX))
    return parts
