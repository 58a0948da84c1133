"""What stands above every page of a customer: how they are found, and their flags; in one query."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from clientela.customers.sight import sight_of
from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

PARTS = {
    "identities": ("customers_panel_identities_veiled", "customers.view", None),
    "flags": ("retention_panel_flags", "retention.view", "retention"),
    "issues": ("issues_panel", "issues.view", "issues"),
}
VEIL = ", %(hidden)s::jsonb, %(masked)s::jsonb"
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Heading:
    """Blocks as in the profile; [] of what is off, or not for this person."""

    identities: Rows
    flags: Rows
    issues: Rows


def of(family: Sequence[UUID], *, actor: Actor, now: datetime) -> Heading:
    company = companies.current()
    asked = tuple(
        name
        for name, (_function, right, switch) in PARTS.items()
        if actor.may(right) and company.is_on(switch)
    )
    sight = sight_of(actor)
    values: dict[str, Any] = {
        "family": list(family), "today": company.today(now), "now": now,
        "hidden": sight.hidden_json, "masked": sight.masked_json,
    }  # fmt: skip
    row = _statement(asked).row(**values) if asked else ()
    found = {name: json.loads(block) for name, block in zip(asked, row or (), strict=True)}
    return Heading(**{name: found.get(name, []) for name in PARTS})


@cache
def _statement(names: tuple[str, ...]) -> sql.Statement:
    calls = ", ".join(
        f"{PARTS[name][0]}(%(family)s::uuid[], %(today)s::date, %(now)s::timestamptz"
        f"{VEIL if name == 'identities' else ''})::text"
        for name in names
    )
    return sql.Statement("flows/heading", f"SELECT {calls}")
