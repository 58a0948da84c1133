"""Reads of occasions, their rules, and of what people gave and took by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from clientela.customers.sight import seen
from clientela.loyalty.models import (
    Adjustment,
    AdjustmentDecision,
    Currency,
    Entry,
    Occasion,
    Posting,
    Rule,
    RuleVersion,
)
from clientela.loyalty.queries import ledger
from clientela.loyalty.rules import bodies
from clientela.loyalty.rules.bodies import Earn
from clientela.platform.errors import InvalidInput, NotThere

EVENT, ADJUSTMENT = "event", "adjustment"


class NoSuchAdjustment(NotThere):
    code = "no-such-adjustment"
    title = "There is no such adjustment"


def event_rules_now(*, now: datetime) -> list[tuple[Rule, bodies.Rule]]:
    """What events give today, by rule; higher priority first."""
    found = [
        rule for scheme in ledger.schemes() for rule in scheme.rules
        if rule.earn is Earn.EVENT and _is_in_force(rule, now)
    ]  # fmt: skip
    rows = Rule.objects.select_related("currency").in_bulk([rule.rule_id for rule in found])
    return [(rows[rule.rule_id], rule) for rule in found]


def _is_in_force(rule: bodies.Rule, now: datetime) -> bool:
    return (rule.starts_at is None or rule.starts_at <= now) and (
        rule.ends_at is None or now < rule.ends_at
    )


def currency(code: str) -> Currency:
    """By its code; with none, the only one there is."""
    rows = Currency.objects.select_related("programme").filter(programme__closed_at=None)
    some = list((rows.filter(code=code) if code else rows).order_by("id")[:2])
    if len(some) != 1:
        raise InvalidInput("Name one of the kinds of points.", field="currency")
    return some[0]


def currencies() -> list[Currency]:
    return list(Currency.objects.filter(programme__closed_at=None).order_by("id"))


def earned_by_events(occasion_ids: Iterable[UUID]) -> dict[UUID, list[tuple[int, str, int]]]:
    """What occasions earned: (posting, currency, points) of each."""
    keys = [str(id) for id in occasion_ids]
    rows = (
        Posting.objects.filter(source=EVENT, key__in=keys).select_related("currency")
        if keys else Posting.objects.none()
    )  # fmt: skip
    postings = {one.id: one for one in rows}
    found: dict[UUID, list[tuple[int, str, int]]] = {}
    for entry in Entry.objects.filter(posting_id__in=list(postings)).order_by("id"):
        one = postings[entry.posting_id]
        found.setdefault(UUID(one.key), []).append((one.id, one.currency.code, entry.amount))
    return found


class Causes(NamedTuple):
    """By posting: the event it was earned by; its kind and the reason a person gave."""

    events: dict[int, str]
    reasons: dict[int, tuple[str, str]]


def causes_of(postings: Sequence[Posting]) -> Causes:
    """What postings that no purchase earned are for."""
    by_event = {UUID(one.key): one for one in postings if one.source == EVENT}
    by_hand = {UUID(one.key): one for one in postings if one.source == ADJUSTMENT}
    events = (
        Occasion.objects.filter(id__in=list(by_event)).values_list("id", "name") if by_event else ()
    )
    reasons = (
        Adjustment.objects.filter(id__in=list(by_hand)).values_list("id", "reason")
        if by_hand else ()
    )  # fmt: skip
    return Causes(
        {by_event[id].id: name for id, name in events},
        {by_hand[id].id: (by_hand[id].kind, reason) for id, reason in reasons},
    )


def adjustment(adjustment_id: UUID) -> Adjustment:
    found = seen(
        Adjustment.objects.select_related("currency").filter(id=adjustment_id)
    ).first()  # fmt: skip
    if found is None:
        raise NoSuchAdjustment
    return found


def adjustments(
    *, is_open: bool | None = None, before: tuple[datetime, UUID] | None = None, limit: int = 50
) -> list[Adjustment]:
    """Those that wait, the oldest first; of all, the newest first."""
    rows = seen(Adjustment.objects.select_related("currency").prefetch_related("decisions"))
    if is_open:
        return list(rows.filter(is_open=True).order_by("asked_at", "id")[:limit])
    if is_open is False:
        rows = rows.filter(is_open=False)
    if before is not None:
        moment, id = before
        rows = rows.filter(asked_at__lte=moment).exclude(asked_at=moment, id__gte=id)
    return list(rows.order_by("-asked_at", "-id")[:limit])


def state_of(one: Adjustment) -> str:
    """waiting, done, approved or refused."""
    if one.is_open:
        return "waiting"
    for decision in one.decisions.all():
        return str(AdjustmentDecision.Verdict(decision.verdict))
    return "done"


def rule(currency: Currency, key: str) -> Rule:
    found = Rule.objects.filter(currency=currency, key=key).first()
    if found is None:
        raise InvalidInput(f"There is no rule {key}.", field="rule")
    return found


def rules_of(version_ids: Iterable[int]) -> dict[int, str]:
    """The keys of the rules behind versions."""
    wanted = set(version_ids)
    if not wanted:
        return {}
    rows = RuleVersion.objects.filter(id__in=wanted).values_list("id", "rule__key")
    return dict(rows)


def rules_in_use() -> list[Rule]:
    """Rules that were published and have not ended, by name."""
    rows = Rule.objects.select_related("currency").filter(
        ended_at=None, versions__isnull=False, currency__programme__closed_at=None
    )
    return list(rows.distinct().order_by("currency_id", "key"))
