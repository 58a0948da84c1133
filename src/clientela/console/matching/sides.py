"""Records side by side: what each says of a field, and which value is to go on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.http import QueryDict

from clientela.console.matching import words
from clientela.customers import queries as customers
from clientela.customers import sight
from clientela.flows.merge_customers import Trial, Wish, try_merge
from clientela.platform import ids
from clientela.platform.http.requests import HouseRequest

CHOICE = "choice."


def wish_of(records: list[UUID], given: QueryDict) -> Wish:
    """Who remains, and the values chosen, as the form was sent."""
    named = given.get("survivor", "")
    survivor = next((one for one in records if ids.public("cus", one) == named), records[0])
    others = tuple(one for one in records if one != survivor)
    choices = {
        name.removeprefix(CHOICE): str(given[name])
        for name in given
        if name.startswith(CHOICE) and given[name]
    }
    return Wish(survivor, others, choices, given.get("reason", ""))


def compared(request: HouseRequest, records: list[UUID], *, survivor: UUID) -> dict[str, Any]:
    """The columns in the order named, the rows that differ first."""
    others = tuple(one for one in records if one != survivor)
    found = try_merge(Wish(survivor, others), actor=request.actor)
    of = {one.id: one for one in found.plan.records}
    listed = [of[one] for one in records if one in of]
    rows = list(_rows(found, [one.id for one in listed]))
    return {
        "columns": [
            {"id": one.public_id, "name": one.display_name, "number": one.number,
             "since": one.known_since, "activity": one.last_activity_at,
             "stays": one.id == survivor, "place": place}
            for place, one in enumerate(listed, start=1)
        ],
        "rows": [row for row in rows if row["differs"]],
        "equal": [row for row in rows if not row["differs"]],
        "identities": _identities(records),
        "comes": [{"words": words.COMES[name], "count": count}
                  for name, count in found.comes.items()],
        "left": found.plan.left, "told_apart": found.told_apart,
    }  # fmt: skip


def _rows(found: Trial, records: list[UUID]) -> Any:
    kind = found.plan.records[0].profile_type.key
    shows = partial(sight.present().shows, kind)
    for one in found.plan.taken:
        if not shows(one.field):
            continue
        cells = [_cell(found.plan.values[id], id, one.field, kind, place)
                 for place, id in enumerate(records, start=1)]  # fmt: skip
        source = one.sources[0] if one.sources else ""
        for cell in cells:
            cell["taken"] = cell["id"] == source
        said = {cell["shown"] for cell in cells}
        yield {"field": one.field, "words": words.field(one.field, kind), "cells": cells,
               "differs": len(said) > 1, "united": isinstance(one.value, list)}  # fmt: skip


def _cell(values: Mapping[str, Any], id: UUID, field: str, kind: str, place: int) -> dict[str, Any]:
    shown = words.value(field, values.get(field), kind)
    return {"id": ids.public("cus", id), "shown": shown, "place": place}


def _identities(records: list[UUID]) -> list[dict[str, Any]]:
    """How each can be reached; what several have is marked."""
    seeing = sight.present()
    found: dict[tuple[str, str], set[UUID]] = {}
    for one in customers.identities_of(records):
        if seeing.sees_identity(one.kind):
            found.setdefault((one.kind, one.value_shown), set()).add(one.customer_id)
    return [
        {"kind": kind, "shown": shown, "cells": [one in of for one in records],
         "both": len(of) == len(records)}
        for (kind, shown), of in sorted(found.items())
    ]  # fmt: skip
