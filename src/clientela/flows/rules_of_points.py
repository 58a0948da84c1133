"""Rules of points: checked, previewed, published with their warnings known, and ended.

A condition may ask for whatever the house knows, so it is checked here and not in the programme.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import earning_facts
from clientela.flows.quote_points import Trial
from clientela.loyalty.actions import programme
from clientela.loyalty.models import Currency, Rule, RuleVersion
from clientela.loyalty.queries import ledger
from clientela.loyalty.queries.reasons import Named
from clientela.loyalty.rules import bodies
from clientela.loyalty.rules.bodies import TIMES, Earn
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies
from clientela.staff.company import Company

DRAFT = -1  # the version of a text that is not published
MUCH = Fraction(5)
CONDITION = f"body.{'when'}"


class NoSuchRule(NotThere):
    code = "no-such-rule"
    title = "There is no such rule"


class NoSuchCurrency(NotThere):
    code = "no-such-points"
    title = "There are no such points"


class WarningsUnread(Problem):
    code = "warnings-unread"
    status = 409
    title = "Read the warnings of this rule first, and name them"


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as somebody would have it; `key` is new, or that of the rule it changes."""

    currency: str
    key: str
    labels: Mapping[str, str]
    body: Mapping[str, Any]
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Published:
    """`is_new` is False where the text was in force already."""

    version: RuleVersion
    warnings: tuple[str, ...]
    is_new: bool


def currency_of(code: str) -> Currency:
    found = Currency.objects.select_related("programme").filter(code=code).first()
    if found is None:
        raise NoSuchCurrency(f"There are no points called {code}.", field="currency")
    return found


def rule_of(rule_id: int) -> Rule:
    found = Rule.objects.select_related("currency__programme").filter(id=rule_id).first()
    if found is None:
        raise NoSuchRule
    return found


def check(draft: Draft, *, now: datetime) -> tuple[str, ...]:
    """The codes of what whoever publishes this should know; what cannot be is refused."""
    if not draft.key or len(draft.key) > programme.KEY_LENGTH_MAX:
        raise InvalidInput("A rule needs a key of at most 40 characters.", field="key")
    if not -programme.PRIORITY_MAX <= draft.priority <= programme.PRIORITY_MAX:
        raise InvalidInput("This priority is out of range.", field="priority")
    programme.named(draft.labels)
    programme.read(draft.body)
    company = companies.current()
    earning_facts.check(draft.body.get("when"), company=company, at=CONDITION)
    return tuple(warnings(draft, company=company, now=now))


def warnings(draft: Draft, *, company: Company, now: datetime) -> Iterator[str]:
    """What is allowed and often not meant."""
    rule = bodies.read(DRAFT, draft.body, priority=draft.priority)
    others = [one for one in _others(draft) if one.earn is not Earn.FACTOR]
    today = company.today(now)
    if set(programme.LANGUAGES) - set(programme.named(draft.labels)):
        yield "not-in-all-languages"
    if rule.last_day is not None and rule.last_day < today:
        yield "over-already"
    if rule.first_day is not None and rule.first_day < today - timedelta(days=1):
        yield "starts-in-the-past"
    if not rule.is_base:
        if not any(one.is_base for one in others):
            yield "nothing-to-add-to"
        if rule.last_day is None:
            yield "no-last-day"
    if rule.exclusive and any(not one.is_base for one in others):
        yield "hides-other-rules"
    if rule.earn in TIMES and _together(rule, others) > MUCH:
        yield "multiplies-much"
    if rule.earn in (Earn.PER_PURCHASE, Earn.BONUS) and not _asks_for_spend(rule):
        yield "any-purchase-will-do"


def _others(draft: Draft) -> list[bodies.Rule]:
    found = next((one for one in ledger.schemes() if one.code == draft.currency), None)
    ours = Rule.objects.filter(currency__code=draft.currency, key=draft.key)
    ids = set(ours.values_list("id", flat=True))
    return [rule for rule in found.rules if rule.rule_id not in ids] if found else []


def _together(rule: bodies.Rule, others: Sequence[bodies.Rule]) -> Fraction:
    """What all multipliers of now come to, this one among them."""
    product = rule.factor
    for one in others:
        if one.earn in TIMES and one.ends_at is None:
            product *= one.factor
    return product


def _asks_for_spend(rule: bodies.Rule) -> bool:
    asked = {leaf.get("fact") for leaf in bodies.leaves(rule.when)}
    return bool(asked & {"basket.spend", "basket.total", "basket.net", "basket.quantity"})


@transactions.retried
def publish_rule(
    draft: Draft, *, read: Sequence[str] = (), actor: Actor, now: datetime, request: str = ""
) -> Published:  # fmt: skip
    """Publish a draft as the next version of its rule. Every warning has to be among those that
    were `read`.
    """
    found = check(draft, now=now)
    if unread := [code for code in found if code not in read]:
        raise WarningsUnread(f"Not read yet: {', '.join(unread)}.", field="read",
                             warnings=list(found))  # fmt: skip
    with transactions.open():
        currency = currency_of(draft.currency)
        if Rule.objects.filter(currency=currency).count() >= programme.RULES_MAX:
            raise InvalidInput("There are 500 rules already.", field="key")
        before = RuleVersion.objects.filter(rule__currency=currency, rule__key=draft.key).count()
        version = programme.publish(
            currency=currency, key=draft.key, labels=programme.named(draft.labels),
            body=draft.body, priority=draft.priority, actor=actor, now=now,
        )  # fmt: skip
        is_new = version.number > before
        if is_new:
            told = Happening(
                "rules.published", now, None, f"rul_{version.rule_id}",
                {"rule": draft.key, "version": version.number, "currency": currency.code},
            )  # fmt: skip
            events.emit([told], actor=actor, now=now, request=request)
    return Published(version, found, is_new)


@transactions.retried
def end_rule(rule_id: int, *, actor: Actor, now: datetime, request: str = "") -> Rule:
    with transactions.open():
        rule = rule_of(rule_id)
        if rule.ended_at is None:
            told = Happening("rules.ended", now, None, f"rul_{rule.id}", {"rule": rule.key})
            events.emit([told], actor=actor, now=now, request=request)
        return programme.end(rule, now=now)


def with_draft(draft: Draft) -> Trial:
    """The points of the draft with its rule as it would be, in force at any time."""
    currency = currency_of(draft.currency)
    ours = Rule.objects.filter(currency=currency, key=draft.key).first()
    drafted = bodies.read(
        DRAFT, draft.body, rule_id=ours.id if ours else 2**40, priority=draft.priority
    )
    schemes = [
        replace(scheme, rules=(
            *(rule for rule in scheme.rules if ours is None or rule.rule_id != ours.id), drafted,
        ))
        for scheme in ledger.schemes() if scheme.currency_id == currency.id
    ]  # fmt: skip
    named = Named(draft.key, dict(draft.labels), 0, dict(draft.body))
    return Trial(schemes, {DRAFT: named})
