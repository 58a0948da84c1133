"""Many merges from a file: one line one merge, each booked or refused by itself."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from clientela.flows.merge_customers import Wish, merge_customers, try_merge
from clientela.platform import ids
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor

LINES_MAX = 100_000
HEAD = ("survivor", "other")


@dataclass(frozen=True, slots=True)
class Line:
    """What became of a line: `new`, `known`, or refused with a code and a sentence."""

    row: int
    survivor: str
    other: str
    state: str
    code: str = ""
    reason: str = ""


def merge_file(
    path: Path, *, actor: Actor, now: datetime, is_trial: bool = False
) -> Iterator[Line]:
    """Columns `survivor,other[,reason]` with ids `cus_…`. A survivor that was merged meanwhile, by
    a line above for example, leads to its own survivor. The same file again changes nothing.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if missing := [name for name in HEAD if name not in (rows.fieldnames or ())]:
            raise InvalidInput(f"The column {missing[0]} is missing.", field=missing[0])
        for number, row in enumerate(rows, start=2):
            if number > LINES_MAX + 1:
                raise InvalidInput(f"A file has at most {LINES_MAX} lines.", field="file")
            yield _booked(number, row, actor=actor, now=now, is_trial=is_trial)


def _booked(
    number: int, row: dict[str, str], *, actor: Actor, now: datetime, is_trial: bool
) -> Line:
    names = (row.get("survivor") or "").strip(), (row.get("other") or "").strip()
    try:
        wish = Wish(_id(names[0]), (_id(names[1]),), reason=(row.get("reason") or "").strip())
        if is_trial:
            try_merge(wish, actor=actor)
            return Line(number, *names, state="new")
        return Line(number, *names, state=merge_customers(wish, actor=actor, now=now).state)
    except Problem as refusal:
        return Line(number, *names, state="refused", code=refusal.code, reason=refusal.detail)


def _id(public: str) -> UUID:
    try:
        return ids.parse("cus", public)
    except ValueError:
        raise InvalidInput(f"{public!r} is not an id; it starts with cus_.") from None


def counted(lines: Sequence[Line]) -> dict[str, int]:
    return {state: sum(line.state == state for line in lines)
            for state in ("new", "known", "refused")}  # fmt: skip
