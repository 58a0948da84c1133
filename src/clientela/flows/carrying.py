"""What each app that is there carries when records become one, or are parted again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, cast
from uuid import UUID

from psycopg.sql import SQL, Identifier

from clientela.customers.joining import Carrying, Joined
from clientela.events.actions import Happening
from clientela.platform import sql
from clientela.platform.declare import Carry, house
from clientela.privacy import queries as privacy
from clientela.privacy.faults import OnLegalHold
from clientela.staff import company as companies

ROWS_SHOWN_MAX = 1_001
# What a person knows by a name of its own and looks for after a merge: table, programme.
SHOWN = (
    ("purchases", "purchases_purchase", None),
    ("holdings", "products_holder", None),
    ("conversations", "calls_conversation", None),
    ("letters", "mail_outgoingmail", None),
    ("points", "loyalty_posting", "loyalty"),
    ("issues", "issues_issue", "issues"),
    ("policies", "warranty_policy", "warranty"),
    ("claims", "warranty_claim", "warranty"),
    ("offers", "retention_proposal", "retention"),
    ("happenings", "events_event", None),
)


def declared() -> Iterator[tuple[Carry, Carrying]]:
    """All there are, also of programmes that are off: what they hold must not be torn apart."""
    for app in house():
        for one in app.carries:
            yield one, cast(Carrying, import_module(one.actions))


def carry(joined: Joined) -> tuple[dict[str, Any], list[Happening]]:
    return _each(joined, None)


def give_back(
    joined: Joined, carried: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Happening]]:  # fmt: skip
    return _each(joined, carried)


def _each(
    joined: Joined, before: Mapping[str, Any] | None
) -> tuple[dict[str, Any], list[Happening]]:  # fmt: skip
    data: dict[str, Any] = {}
    told: list[Happening] = []
    for one, actions in declared():
        done = actions.carry(joined) if before is None else actions.give_back(
            joined, before.get(one.key, {})
        )  # fmt: skip
        data[one.key] = dict(done.data)
        told += done.happenings
    return data, told


def rows_of(family: Sequence[UUID]) -> dict[str, int]:
    """How many rows of each kind records have, counted to just above a thousand."""
    shown = [(name, table) for name, table, switch in SHOWN if companies.current().is_on(switch)]
    one = SQL("SELECT count(*) FROM (SELECT FROM {} WHERE customer_id = ANY (%s) LIMIT %s) AS few")
    whole = SQL(" UNION ALL ").join(one.format(Identifier(table)) for _name, table in shown)
    values = [list(family), ROWS_SHOWN_MAX] * len(shown)
    counts = [count for (count,) in sql.raw().execute(whole, values).fetchall()]
    return {name: count for (name, _), count in zip(shown, counts, strict=True) if count}


def refuse_held(records: Sequence[UUID]) -> None:
    """OnLegalHold where one of these records must stay as it is; aliases are named too."""
    if privacy.is_held(records):
        raise OnLegalHold("While a record is held nothing is merged with it, and nothing parted.")
