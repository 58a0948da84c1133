"""Kinds of points, made and changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.rules_of_points import currency_of
from clientela.loyalty.actions import programme as scheme
from clientela.loyalty.models import Currency
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

CURRENCIES_MAX = 100


def currencies() -> list[Currency]:
    """Of programmes that are open, by name of the programme and code."""
    rows = Currency.objects.select_related("programme").filter(programme__closed_at=None)
    return list(rows.order_by("programme", "code")[:CURRENCIES_MAX])


@transactions.retried
def make_currency(
    *, programme: str, code: str, labels: Mapping[str, str], values: Mapping[str, Any],
    actor: Actor, now: datetime, request: str = "",
) -> Currency:  # fmt: skip
    said = {"home_money": companies.current().currency, **values}
    with transactions.open():
        made = scheme.make_currency(programme=programme, code=code, labels=labels, values=said)
        told = Happening("currency.defined", now, None, "", {"currency": code})
        events.emit([told], actor=actor, now=now, request=request)
    return made


@transactions.retried
def change_currency(
    code: str, *, labels: Mapping[str, str] | None, values: Mapping[str, Any], actor: Actor,
    now: datetime, request: str = "",
) -> Currency:  # fmt: skip
    with transactions.open():
        changed = scheme.change_currency(currency_of(code), labels=labels, values=values)
        data = {"currency": code, "changed": sorted([*values, *(["labels"] if labels else [])])}
        told = Happening("currency.changed", now, None, "", data)
        events.emit([told], actor=actor, now=now, request=request)
    return changed
