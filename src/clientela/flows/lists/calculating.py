"""Calculated fields as columns of a list: told of its rows, never filtered or sorted by."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from clientela.customers.definitions import queries as definitions
from clientela.customers.models import ProfileType
from clientela.customers.rules import calculated as formulas
from clientela.customers.rules.calculated import Calculated
from clientela.customers.sight import Sight
from clientela.flows.shapes import calculated
from clientela.platform import sql
from clientela.platform.conditions.judging import Clock
from clientela.platform.http.actors import Actor

PREFIX = "calculated."
PRODUCTS = "products.view"
HELD = """
SELECT one.id, products_panel(
    ARRAY(SELECT of.id FROM customers_customer AS of
          WHERE of.id = one.id OR of.merged_into = one.id),
    %(today)s::date, %(now)s::timestamptz
)::text
FROM unnest(%(found)s::uuid[]) AS one (id)
"""


@dataclass(frozen=True, slots=True)
class Told:
    """One column: by profile type what is calculated there under this key."""

    words: str | Promise
    of: Mapping[str, Calculated]


@dataclass(frozen=True, slots=True)
class Record:
    """What formulas look at; `kind` is the key of the profile type."""

    kind: str
    attributes: Mapping[str, Any]
    since: date | None


def offered(
    kinds: Mapping[str, ProfileType], chosen: str, *, seeing: Sight, actor: Actor, words: Any
) -> dict[str, Told]:
    """The columns there are for this actor: none that would tell of a field they are not shown."""
    found: dict[str, dict[str, Calculated]] = {}
    for key, kind in kinds.items():
        if chosen in ("", key) or chosen not in kinds:
            for one in definitions.calculated_of(kind):
                if _is_shown(one, key, seeing, actor):
                    found.setdefault(PREFIX + one.key, {})[key] = one
    return {key: Told(words(next(iter(of.values()))), of) for key, of in found.items()}


def _is_shown(one: Calculated, kind: str, seeing: Sight, actor: Actor) -> bool:
    if one.of and not seeing.shows(kind, one.of):
        return False
    return actor.may(PRODUCTS) or not formulas.asks_products([one])


def values_of(
    records: Mapping[UUID, Record], columns: Mapping[str, Told], *, clock: Clock
) -> Iterator[tuple[UUID, dict[str, int]]]:
    """What can be told of each record, by column."""
    if not columns:
        return
    listed = [one for told in columns.values() for one in told.of.values()]
    held = dict(_held(list(records), clock)) if formulas.asks_products(listed) else {}
    for id, record in records.items():
        kind, since = record.kind, record.since.isoformat() if record.since else None
        mine = {key: told.of[kind] for key, told in columns.items() if kind in told.of}
        block = {"attributes": record.attributes, "since": since}
        known = calculated.of_block(mine.values(), block, held.get(id), now=clock.now)
        yield id, {key: known[one.key] for key, one in mine.items() if one.key in known}


def _held(found: list[UUID], clock: Clock) -> Iterator[tuple[UUID, list[dict[str, Any]]]]:
    """What each of them holds, as the profile shows it."""
    values = {"found": found, "today": clock.today, "now": clock.now}
    for id, panel in sql.execute(HELD, values).fetchall():
        yield id, json.loads(panel)
