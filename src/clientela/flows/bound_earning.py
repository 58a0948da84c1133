"""Caps of the programme are set and ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from clientela.loyalty.actions import limits
from clientela.loyalty.models import Cap
from clientela.loyalty.queries import granting
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor


@dataclass(frozen=True, slots=True)
class Wanted:
    """A cap as doors and documents write it; without `rule` it is for all of them."""

    currency: str = ""
    rule: str = ""
    period: str = ""
    most: int = 0
    unit: str = "points"
    mode: str = "trim"


@transactions.retried
def set_cap(wanted: Wanted, *, actor: Actor, now: datetime) -> Cap:
    """A cap from now on; the same one again is the one there is."""
    with transactions.open():
        currency = granting.currency(wanted.currency)
        rule = granting.rule(currency, wanted.rule) if wanted.rule else None
        return limits.set_cap(
            currency=currency, rule=rule, period=wanted.period, most=wanted.most,
            unit=wanted.unit, mode=wanted.mode, actor=actor, now=now,
        )  # fmt: skip


@transactions.retried
def end_cap(cap_id: int, *, actor: Actor, now: datetime) -> Cap:
    with transactions.open():
        return limits.end_cap(cap_id, actor=actor, now=now)


def wanted_from(body: Mapping[str, Any]) -> Wanted:
    """A cap of a document: `rule`, `period`, `most`, and `unit` and `mode` where they differ."""
    if unknown := set(body) - {field.name for field in fields(Wanted)}:
        raise InvalidInput("This is not known of a cap.", field=f"caps.{min(unknown)}")
    if not isinstance(body.get("most"), int):
        raise InvalidInput("A cap needs a whole number.", field="caps.most")
    return Wanted(**body)
