"""The caller's profile: one block per panel, each from the app that owns it, in one round trip.

The blocks come out of the database as finished JSON and are passed through; only the timeline is
opened again, to say it in the reader's language.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from clientela.customers import queries as customers
from clientela.flows import timeline
from clientela.platform import phones, sql, transactions
from clientela.platform.declare import Panel, house
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies
from clientela.staff.company import Company

FUNCTION_ARGUMENTS = "seen.family, %(today)s::date, %(now)s::timestamptz"


class BlockFailed(Problem):
    code = "block-failed"
    status = 500
    title = "This part of the profile could not be loaded"


@dataclass(frozen=True, slots=True)
class Profile:
    """`json`: the whole profile as it is answered."""

    customer_id: UUID
    json: bytes


@dataclass(frozen=True, slots=True)
class Caller:
    """`match` is none, one or many; `profile` only for one, `candidates` only for many."""

    number: str
    match: str
    profile: Profile | None = None
    candidates: tuple[customers.Hit, ...] = ()


def panels_for(actor: Actor, company: Company) -> tuple[Panel, ...]:
    """The panels of what is switched on, as far as the actor may see them."""
    return tuple(
        panel
        for app in house()
        if company.is_on(app.switch)
        for panel in app.panels
        if actor.may(panel.right)
    )


def of_customer(
    customer_id: UUID, *, actor: Actor, now: datetime, language: str, channel: str,
    request: str = "",
) -> Profile:  # fmt: skip
    """The profile of a customer, or of its survivor; that somebody looked is written down."""
    company = companies.current()
    panels = panels_for(actor, company)
    values: dict[str, Any] = {
        "customer": customer_id, "today": company.today(now), "now": now, "actor": actor.id,
        "channel": channel, "request": request,
    }  # fmt: skip
    try:
        row = _statement(panels).row(**values)
        blocks = list(row[2:]) if row else []
    except DatabaseError:
        row, blocks = _block_by_block(panels, values)
    if row is None or row[0] is None:
        raise customers.NoSuchCustomer
    visible = frozenset(timeline.names_for(actor))
    return Profile(row[0], _assembled(panels, blocks, visible, now=now, language=language))


def of_caller(
    number: str, *, actor: Actor, now: datetime, language: str, channel: str, request: str = ""
) -> Caller:
    """Who calls from this number, in any usual writing.

    A number of nobody, or of several, selects nobody: the caller of several is chosen by a person.
    """
    company = companies.current()
    e164 = phones.normal(number, company.country or None).e164
    found = customers.survivors_by("phone", e164)
    if not found:
        return Caller(e164, "none")
    if len(found) > 1:
        return Caller(e164, "many", candidates=tuple(customers.candidates(found)))
    profile = of_customer(
        found[0], actor=actor, now=now, language=language, channel=channel, request=request
    )
    return Caller(e164, "one", profile)


@cache
def _statement(panels: tuple[Panel, ...]) -> sql.Statement:
    blocks = "".join(f",\n    {panel.function}({FUNCTION_ARGUMENTS})::text" for panel in panels)
    return sql.Statement(
        "flows/profile", sql.statement("flows", "profile").text % {"blocks": blocks}
    )


def _block_by_block(
    panels: Sequence[Panel], values: dict[str, Any]
) -> tuple[tuple[Any, ...] | None, list[str]]:
    """One block at a time, each guarded: one that fails says so, the rest stands."""
    with transactions.open():
        row = _statement(()).row(**values)
    if row is None:
        return None, []
    blocks = []
    for panel in panels:
        try:
            with transactions.open():
                blocks.append(_alone(panel).value(**values))
        except DatabaseError:
            blocks.append(
                json.dumps({"error": BlockFailed().as_dict(request_id=values["request"])})
            )
    return row, blocks


@cache
def _alone(panel: Panel) -> sql.Statement:
    arguments = FUNCTION_ARGUMENTS.replace("seen.family", "customers_family(%(customer)s::uuid)")
    return sql.Statement(
        f"flows/profile {panel.key}", f"SELECT {panel.function}({arguments})::text"
    )


def _assembled(
    panels: Sequence[Panel], blocks: Iterable[str], visible: Collection[str], *, now: datetime,
    language: str,
) -> bytes:  # fmt: skip
    told = [
        f'"{panel.key}":{_told(block, visible, language) if panel.key == "timeline" else block}'
        for panel, block in zip(panels, blocks, strict=True)
    ]
    return ("{" + ",".join(told) + f',"as_of":"{now.isoformat()}"' + "}").encode()


def _told(block: str, visible: Collection[str], language: str) -> str:
    """The timeline in words, without happenings of what the actor may not see."""
    happened = json.loads(block)
    if not isinstance(happened, list):
        return block
    seen = [row for row in happened if row["name"] in visible]
    return json.dumps(timeline.told(seen, language=language), ensure_ascii=False)
