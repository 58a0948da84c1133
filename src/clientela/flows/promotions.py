"""Promotions: their days and audience are written into their rules, which are published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from clientela.flows import earning_facts
from clientela.loyalty.actions import programme, promotions
from clientela.loyalty.actions.promotions import BudgetValues, PromotionValues
from clientela.loyalty.models import Promotion
from clientela.loyalty.queries import granting
from clientela.loyalty.queries import promotions as reads
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies


@transactions.retried
def save_promotion(
    values: PromotionValues, *, currency: str = "", actor: Actor, now: datetime
) -> tuple[Promotion, str]:
    """New or changed, with its rules from now on. InvalidInput names what cannot be."""
    company = companies.current()
    earning_facts.check(values.audience or None, company=company, at="audience")
    with transactions.open():
        kind = granting.currency(currency)
        made, state = promotions.save(values, currency=kind, actor=actor, now=now)
        for place, rule in enumerate(values.rules):
            _publish(made, values, rule, place, actor=actor, now=now)
    return reads.find(made.key, currency=kind.code), state


def _publish(
    made: Promotion, values: PromotionValues, rule: Mapping[str, Any], place: int, *,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    body = dict(rule.get("body") or {})
    for name in ("first_day", "last_day"):
        if name in body:
            raise InvalidInput("The promotion says its days.", field=f"rules.{place}.body.{name}")
    whole = composed(body, values)
    earning_facts.check(
        whole.get("when"), company=companies.current(), at=f"rules.{place}.body.when"
    )
    version = programme.publish(
        currency=made.currency, key=str(rule.get("key") or f"{values.key}-{place + 1}"),
        labels=rule.get("labels") or values.labels, body=whole,
        priority=rule.get("priority"), actor=actor, now=now,
    )  # fmt: skip
    promotions.attach(made, version.rule, body)


def composed(body: Mapping[str, Any], values: PromotionValues) -> dict[str, Any]:
    """The text of a rule with the promotion's days and audience in it."""
    whole = dict(body)
    if values.first_day:
        whole["first_day"] = values.first_day.isoformat()
    if values.last_day:
        whole["last_day"] = values.last_day.isoformat()
    asked = [one for one in (values.audience, body.get("when")) if one]
    if asked:
        whole["when"] = asked[0] if len(asked) == 1 else {"all": asked}
    return whole


@transactions.retried
def end_promotion(key: str, *, currency: str = "", actor: Actor, now: datetime) -> Promotion:
    """Its rules give nothing from now on. PromotionHasEnded."""
    with transactions.open():
        found = reads.find(key, currency=currency)
        promotions.end(found, actor=actor, now=now)
    return reads.find(key, currency=currency)


def values_from(body: Mapping[str, Any]) -> PromotionValues:
    """A promotion as documents write it; `budget` = {unit, most, per, mode}."""
    known = {field.name for field in fields(PromotionValues)}
    if unknown := set(body) - known:
        raise InvalidInput("This is not known of a promotion.", field=f"promotions.{min(unknown)}")
    given = dict(body)
    budget = given.pop("budget", None) or {}
    if unknown := set(budget) - {field.name for field in fields(BudgetValues)}:
        raise InvalidInput("This is not known of a budget.", field=f"budget.{min(unknown)}")
    for name in ("first_day", "last_day"):
        given[name] = _day(given.get(name), name)
    try:
        return PromotionValues(**given, budget=BudgetValues(**budget))
    except TypeError:
        raise InvalidInput("A promotion needs key, labels and rules.", field="rules") from None


def _day(written: Any, field: str) -> date | None:
    if written is None or isinstance(written, date):
        return written
    try:
        return date.fromisoformat(written)
    except (TypeError, ValueError):
        raise InvalidInput("There is no such day.", field=field) from None
