"""The caller's profile: one block per panel, each from the app that owns it, in one round trip.

The blocks come out of the database as finished JSON and are passed through; only the timeline is
opened again, to say it in the reader's language.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from clientela.customers import queries as customers
from clientela.customers.sight import IDENTITIES, Sight, sight_of
from clientela.flows import offers, timeline
from clientela.platform import phones, sql, transactions
from clientela.platform.declare import Panel, house
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor, acting
from clientela.staff import company as companies
from clientela.staff.company import Company

BY_ID = "customers_family(%(customer)s::uuid)"
BY_SURVIVOR = (
    "(SELECT family FROM customers_family(%(customer)s::uuid) AS family"
    " WHERE family[1] = %(customer)s::uuid)"
)
BY_IDENTITY = "customers_family_known_by(%(kind)s::text, %(value)s::text)"
SEEN = (
    "(SELECT family FROM {family} AS family"
    " WHERE customers_is_seen("
    "family[1], %(branches)s::text[], %(person)s::uuid, %(restricted)s))"
)

KIN = "kin"  # the key of the panel that names other customers
TIMELINE = "timeline"  # the key of the panel that is told in words
OFFERS = "offers"  # the key of the panel that is decided when no decision stands


class BadNumber(InvalidInput):
    code = "bad-phone"
    title = "This is not a phone number"


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
    """`match` is none, one or many; `profile` only for one, `candidates` only for many. `others`:
    so many more have the number, whom this actor may not see.
    """

    number: str
    match: str
    profile: Profile | None = None
    candidates: tuple[customers.Hit, ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True)
class _Look:
    """Who looks at a record, when, and by which door; `language` is the reader's."""

    actor: Actor
    now: datetime
    language: str
    channel: str
    request: str
    without: tuple[str, ...] = ()


def panels_for(actor: Actor, company: Company) -> tuple[Panel, ...]:
    """The panels of what is switched on, as far as the actor may see them; the timeline is last."""
    panels = (panel for app in house() if company.is_on(app.switch) for panel in app.panels)
    visible = [panel for panel in panels if actor.may(panel.right)]
    if sight_of(actor).branches is not None:  # it names customers of other branches
        visible = [panel for panel in visible if panel.key != KIN]
    return tuple(sorted(visible, key=lambda panel: panel.key == TIMELINE))


def of_customer(
    customer_id: UUID, *, actor: Actor, now: datetime, language: str, channel: str,
    request: str = "", without: tuple[str, ...] = (),
) -> Profile:  # fmt: skip
    """The profile of a customer, or of its survivor; that somebody looked is written down.

    `without`: blocks nobody wants to see here; who asks for the offers is shown some.
    """
    look = _Look(actor, now, language, channel, request, without)
    profile = _seen(BY_ID, look, customer=customer_id)
    if profile is None:
        raise customers.NoSuchCustomer
    return profile


def of_survivor(
    customer_id: UUID, *, actor: Actor, now: datetime, language: str, channel: str,
    request: str = "", without: tuple[str, ...] = (),
) -> Profile | None:  # fmt: skip
    """The profile of a customer who stands for themselves; None for a merged or an unknown one."""
    look = _Look(actor, now, language, channel, request, without)
    return _seen(BY_SURVIVOR, look, customer=customer_id)


def of_caller(
    number: str, *, actor: Actor, now: datetime, language: str, channel: str, request: str = ""
) -> Caller:
    """Who calls from this number, in any usual writing.

    A number of nobody, or of several, selects nobody: the caller of several is chosen by a person.
    """
    try:
        e164 = phones.normal(number, companies.current().country or None).e164
    except phones.BadPhone as bad:
        words = "Nobody can be called at this number."
        raise BadNumber(words, field="phone", reason=bad.reason) from None
    sight_of(actor).needs(IDENTITIES, "phone")
    look = _Look(actor, now, language, channel, request)
    profile = _seen(BY_IDENTITY, look, kind="phone", value=e164)
    if profile is not None:
        return Caller(e164, "one", profile)
    with acting(actor):
        found = customers.known_by("phone", e164)
        if not found.seen:
            return Caller(e164, "none")
        hits = tuple(customers.candidates(found.seen))
    return Caller(e164, "many", candidates=hits, others=found.others)


def _seen(family: str, look: _Look, **named: Any) -> Profile | None:
    """The profile of the family that this function of the database finds; None: it finds none."""
    company = companies.current()
    wanted = panels_for(look.actor, company)
    panels = tuple(panel for panel in wanted if panel.key not in look.without)
    sight = sight_of(look.actor)
    panels = tuple(_veiled(panel, sight) for panel in panels)
    family = family if sight.sees_everybody else SEEN.format(family=family)
    values: dict[str, Any] = {
        **named, **_of_sight(sight), "today": company.today(look.now), "now": look.now,
        "actor": look.actor.id, "channel": look.channel, "request": look.request,
    }  # fmt: skip
    try:
        row = _statement(panels, family).row(**values)
        blocks = list(row[2:]) if row else []
    except DatabaseError:
        row, blocks = _block_by_block(panels, family, values)
    if row is None or row[0] is None:
        return None
    blocks = _offered(panels, blocks, row[0], look)
    return Profile(row[0], _assembled(panels, blocks, look))


def _veiled(panel: Panel, sight: Sight) -> Panel:
    """The panel by the function that leaves fields out, where there is anything to leave out."""
    veils = sight.veils_identities if panel.key == "identities" else sight.veils_fields
    return replace(panel, function=panel.veiled) if panel.veiled and veils else panel


def _of_sight(sight: Sight) -> dict[str, Any]:
    """Parameters that only the statements for a narrower sight have."""
    narrow: dict[str, Any] = {}
    if not sight.sees_everybody:
        narrow |= {"branches": sight.branch_list, "person": sight.person,
                   "restricted": sight.sees_restricted}  # fmt: skip
    if sight.veils_fields or sight.veils_identities:
        narrow |= {"hidden": sight.hidden_json, "masked": sight.masked_json}
    return narrow


def _offered(
    panels: Sequence[Panel], blocks: list[str], customer_id: UUID, look: _Look
) -> list[str]:
    """The blocks, that of the offers in words: those that stand, or decided now."""
    keys = [panel.key for panel in panels]
    place = keys.index(OFFERS) if OFFERS in keys else -1
    if place < 0 or blocks[place] == "[]":
        return blocks
    rows = json.loads(blocks[place]) if blocks[place] else None
    if isinstance(rows, dict):
        return blocks
    if rows is None:
        family = customers.family_of(customer_id)
        rows = offers.decide(family, actor=look.actor, now=look.now, request=look.request)
    told = json.dumps(offers.told(rows, language=look.language), ensure_ascii=False)
    return [*blocks[:place], told, *blocks[place + 1 :]]


@cache
def _statement(panels: tuple[Panel, ...], family: str) -> sql.Statement:
    blocks = "".join(f",\n    {_call(panel, 'seen.family')}" for panel in panels)
    text = sql.statement("flows", "profile").text.format(blocks=blocks, family=family)
    return sql.Statement("flows/profile", text)


def _call(panel: Panel, family: str) -> str:
    veil = ", %(hidden)s::jsonb, %(masked)s::jsonb" if panel.function == panel.veiled else ""
    return f"{panel.function}({family}, %(today)s::date, %(now)s::timestamptz{veil})::text"


def _block_by_block(
    panels: Sequence[Panel], family: str, values: dict[str, Any]
) -> tuple[tuple[Any, ...] | None, list[str]]:
    """One block at a time, each guarded: one that fails says so, the rest stands."""
    with transactions.open():
        row = _statement((), family).row(**values)
    if row is None or row[0] is None:
        return None, []
    blocks = []
    for panel in panels:
        try:
            with transactions.open():
                blocks.append(_alone(panel, family).value(**values))
        except DatabaseError:
            blocks.append(
                json.dumps({"error": BlockFailed().as_dict(request_id=values["request"])})
            )
    return row, blocks


@cache
def _alone(panel: Panel, family: str) -> sql.Statement:
    return sql.Statement(f"flows/profile {panel.key}", f"SELECT {_call(panel, family)}")


def _assembled(panels: Sequence[Panel], blocks: Iterable[str], look: _Look) -> bytes:
    told = [
        f'"{panel.key}":{_told(block, look) if panel.key == TIMELINE else block}'
        for panel, block in zip(panels, blocks, strict=True)
    ]
    return ("{" + ",".join(told) + f',"as_of":"{look.now.isoformat()}"' + "}").encode()


def _told(block: str, look: _Look) -> str:
    """The timeline in words, without happenings of what the actor may not see."""
    happened = json.loads(block)
    if not isinstance(happened, list):
        return block
    visible = frozenset(timeline.names_for(look.actor))
    seen = [row for row in happened if row["name"] in visible]
    seen = timeline.without_unseen(seen, sight_of(look.actor))
    return json.dumps(timeline.told(seen, language=look.language), ensure_ascii=False)
