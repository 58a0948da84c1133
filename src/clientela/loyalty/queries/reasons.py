"""Why a posting moved what it moved: the steps of the rules, and the rules that gave nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clientela.loyalty.models import Posting, RuleVersion
from clientela.loyalty.queries import rates
from clientela.loyalty.rules import amending
from clientela.loyalty.rules.awards import BY_AMENDED, BY_NUMBER, BY_PARTNER, BY_RATE, Refusal, Step


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the road to a posting's figure."""

    rule: str
    labels: dict[str, str]
    version: int
    body: dict[str, Any]
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Named:
    """A version of a rule as it is told of."""

    rule: str
    labels: dict[str, str]
    version: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule that gave nothing, and why: a code of `awards.REASONS`."""

    rule: str
    labels: dict[str, str]
    version: int
    body: dict[str, Any]
    reason: str


def reasons(found: Posting) -> list[Reason]:
    """The road from the purchase to the points, step by step, with rule and version."""
    return reasons_of([Step(*one) for one in zip(*[iter(found.steps)] * 3, strict=True)])


def refusals(found: Posting) -> list[Refused]:
    """The rules that were looked at and gave nothing, with why; in the order of the rules."""
    looked = list(zip(*[iter(found.looked_at)] * 3, strict=True))
    return refused_of([
        Refusal(version, BY_NUMBER.get(number, "")) for version, number, _ in looked if number
    ])  # fmt: skip


def refused_of(
    several: Sequence[Refusal], drafts: Mapping[int, Named] | None = None
) -> list[Refused]:  # fmt: skip
    """Refusals with their rules; those of tiers nobody stood on are left out. `drafts`: versions
    that are not published.
    """
    named = _named([one.version_id for one in several], drafts)
    told = [
        Refused(found.rule, found.labels, found.version, found.body, one.reason)
        for one in several
        if (found := named.get(one.version_id)) is not None
        and not (found.body.get("earn") == "factor" and one.reason == "condition")
    ]
    return sorted(told, key=lambda one: one.rule)


def reasons_of(
    steps: Sequence[Step], drafts: Mapping[int, Named] | None = None
) -> list[Reason]:  # fmt: skip
    """Steps with the rules they name; the rate of exchange stands first where there was one."""
    named = _named([one.version_id for one in steps], drafts)
    named[BY_AMENDED] = Named(amending.KEY, {}, 0, {"earn": amending.KEY})
    return (
        _exchanged(steps)
        + _said(steps)
        + [
            Reason(found.rule, found.labels, found.version, found.body, one.before, one.after)
            for one in amending.told(steps)
            if (found := named.get(one.version_id)) is not None
        ]
    )


def _said(steps: Sequence[Step]) -> list[Reason]:
    """What a partner gave, and what a limit cut of it."""
    return [
        Reason(key, {}, 0, {"earn": key}, one.before, one.after)
        for one in steps if one.version_id == BY_PARTNER
        for key in ["partner" if one.after >= one.before else "limit"]
    ]  # fmt: skip


def _exchanged(steps: Sequence[Step]) -> list[Reason]:
    rate_id = next((one.before for one in steps if one.version_id == BY_RATE), None)
    if rate_id is None:
        return []
    found = rates.row(rate_id)
    return [Reason(rates.KEY, {}, found.pk, rates.told(found), 0, 0)]


def _named(ids: Sequence[int], drafts: Mapping[int, Named] | None) -> dict[int, Named]:
    versions = RuleVersion.objects.select_related("rule").in_bulk([id for id in ids if id > 0])
    found = {
        id: Named(one.rule.key, one.rule.labels, one.number, one.body)
        for id, one in versions.items()
    }
    return {**found, **(drafts or {})}
