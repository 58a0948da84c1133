"""Which offers a customer gets, and why not the others.

All conditions, gates and rests are looked at for all candidates; the first stage that fails is what
is said. The same facts, past and tallies give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from clientela.platform.conditions import judging
from clientela.platform.conditions.judging import Clock, Row, Seen
from clientela.retention.rules.offers import LEVER_HIGH, LEVER_LOW, SELLING, GateText, OfferText

SHOWN_MAX = 3
PRESENTED_MAX, PRESENTED_DAYS = 3, 30
REST_AFTER_PRESENTED = timedelta(days=30)
REST_AFTER_NO = timedelta(days=90)
PRIOR_ACCEPTED, PRIOR_SAID = 1.0, 10.0  # of an offer nobody has answered yet: one in ten
GROUP_WEIGHT = 10.0  # how many answers the experience of the group counts for
NEED_FACTOR = 2.0
NEEDS = "needs"


@dataclass(frozen=True, slots=True)
class Tally:
    """How often an offer was accepted, of how often it was answered."""

    accepted: int = 0
    answered: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.accepted + other.accepted, self.answered + other.answered)


@dataclass(frozen=True, slots=True)
class Answered:
    """The last outcome a customer gave for an offer."""

    kind: str
    on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What this customer has seen of an offer: on which days, what came of it last, whether an
    acceptance is still under way. Presentations are those since the last acceptance.
    """

    presented_on: tuple[date, ...] = ()
    last: Answered | None = None
    has_open_lead: bool = False


NOTHING_YET = Past()


@dataclass(frozen=True, slots=True)
class Held:
    """Why a candidate is held back. `until` None: nobody knows when it ends."""

    stage: str
    gate: str
    version: int = 0
    until: date | None = None
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """The parts of an offer's place: their product over one more than the fatigue."""

    p: float
    tally: Tally
    value: int
    context: float
    reasons: tuple[str, ...]
    lever: float
    fatigue: int

    @property
    def total(self) -> float:
        return self.p * self.value * self.context * self.lever / (1 + self.fatigue)


@dataclass(slots=True)
class Candidate:
    """An offer that was looked at; `place` is where it was shown."""

    offer: OfferText
    held: list[Held]
    score: Score
    is_back: bool  # the customer said "later", and later is now
    needed_since: str
    place: int | None = None


@dataclass(frozen=True, slots=True)
class GateResult:
    """What a gate saw; `holds` while it holds back what is in its scope."""

    gate: GateText
    holds: bool
    until: date | None
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    gates: list[GateResult]
    candidates: list[Candidate]
    chosen: list[Candidate] = field(default_factory=list)


def decide(
    *, offers: Iterable[OfferText], gates: Iterable[GateText], row: Row, clock: Clock,
    past: Mapping[Any, Past], tallies: Mapping[Any, Tally], channel: str,
) -> Decided:  # fmt: skip
    """Look at every offer of the channel and choose at most three, one of each group."""
    results = [_through(gate, row, clock) for gate in gates]
    offered = [one for one in offers if one.is_offered(today=clock.today, channel=channel)]
    groups = _by_group(offered, tallies)
    candidates = [
        _candidate(offer, results, row=row, clock=clock, tallies=tallies, group=groups[offer.group],
                   past=past.get(offer.offer_id, NOTHING_YET))
        for offer in offered
    ]  # fmt: skip
    return Decided(results, candidates, _chosen(candidates))


def gates_that_hold(offer: OfferText, results: Iterable[GateResult]) -> list[GateResult]:
    return [one for one in results if one.holds and (offer.sells or one.gate.scope != SELLING)]


def _through(gate: GateText, row: Row, clock: Clock) -> GateResult:
    if gate.condition is None:
        return GateResult(gate, True, None, ())
    seen = tuple(judging.seen(gate.condition, row, clock))
    until = row.get(gate.until)
    return GateResult(
        gate, judging.holds(gate.condition, row, clock), _as_day(until) if until else None, seen
    )


def _candidate(
    offer: OfferText, results: Sequence[GateResult], *, row: Row, clock: Clock, past: Past,
    tallies: Mapping[Any, Tally], group: Tally,
) -> Candidate:  # fmt: skip
    held = [
        Held(stage, stage, offer.version, None, tuple(judging.seen(condition, row, clock)))
        for stage, condition in offer.stages if not judging.holds(condition, row, clock)
    ]  # fmt: skip
    held += [
        Held("gate", one.gate.key, one.gate.version, one.until, one.seen)
        for one in gates_that_hold(offer, results)
    ]
    if rest := rest_of(past, today=clock.today):
        held.append(rest)
    tally = tallies.get(offer.offer_id, Tally())
    score = _score(offer, row=row, clock=clock, past=past, tally=tally, group=group)
    is_back = _is_back(past, clock.today)
    return Candidate(offer, held, score, is_back, _needed_since(offer, row))


def rest_of(past: Past, *, today: date) -> Held | None:
    """Why an offer is left alone for a while, and until when."""
    if past.has_open_lead:
        return Held("contact", "lead-open")
    for gate, until in _rests(past, today):
        if today < until:
            return Held("contact", gate, until=until)
    return None


def _rests(past: Past, today: date) -> Iterable[tuple[str, date]]:
    last = past.last
    if last is not None and last.kind == "later" and last.until_on:
        yield "later", last.until_on
    if last is not None and last.kind == "not_interested":
        yield "not-interested", last.until_on or last.on + REST_AFTER_NO
    if last is not None and last.kind == "ineligible":
        yield "ineligible", last.until_on or last.on + REST_AFTER_NO
    lately = _lately(past, today)
    if len(lately) >= PRESENTED_MAX and not _is_back(past, today):
        yield "shown-often", max(lately) + REST_AFTER_PRESENTED


def _lately(past: Past, today: date) -> list[date]:
    since = today - timedelta(days=PRESENTED_DAYS - 1)
    return [day for day in past.presented_on if since <= day <= today]


def _is_back(past: Past, today: date) -> bool:
    """Whether the customer said "later" and the day has come."""
    last = past.last
    return (
        last is not None and last.kind == "later" and bool(last.until_on and last.until_on <= today)
    )


def _score(
    offer: OfferText, *, row: Row, clock: Clock, past: Past, tally: Tally, group: Tally
) -> Score:
    reasons = [rule.key for rule in offer.context if judging.holds(rule.condition, row, clock)]
    context = 1.0
    for rule in offer.context:
        context *= rule.factor if rule.key in reasons else 1.0
    if _needed_since(offer, row):
        context, reasons = context * NEED_FACTOR, [*reasons, "need"]
    lever = offer.lever.factor if offer.lever and clock.today <= offer.lever.ends_on else 1.0
    return Score(
        p=probability(tally, group), tally=tally, value=offer.value_minor,
        context=min(max(context, LEVER_LOW), LEVER_HIGH), reasons=tuple(reasons), lever=lever,
        fatigue=len(_lately(past, clock.today)),
    )  # fmt: skip


def probability(tally: Tally, group: Tally) -> float:
    """P(accept), as far as the offer's own answers tell, leaning on those of its group.

    The mean of a Beta distribution: 1 in 10 to begin with, then the group's answers, which count
    as ten of the offer's own.
    """
    of_group = (PRIOR_ACCEPTED + group.accepted) / (PRIOR_SAID + group.answered)
    return (GROUP_WEIGHT * of_group + tally.accepted) / (GROUP_WEIGHT + tally.answered)


def _by_group(offers: Iterable[OfferText], tallies: Mapping[Any, Tally]) -> dict[str, Tally]:
    groups: dict[str, Tally] = {}
    for offer in offers:
        own = tallies.get(offer.offer_id, Tally())
        groups[offer.group] = groups.get(offer.group, Tally()) + own
    return groups


def _needed_since(offer: OfferText, row: Row) -> str:
    """Since when the customer has had a need that the offer answers; "" when there is none."""
    found = [
        str(need.get("need.noted_at") or "")
        for need in row.get(NEEDS) or () if need.get("need.kind") in offer.answers
    ]  # fmt: skip
    return min(found, default="")


def _chosen(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The best of each group, the best three of those."""
    best: dict[str, Candidate] = {}
    for one in sorted((one for one in candidates if not one.held), key=_in_group):
        best.setdefault(one.offer.group, one)
    chosen = sorted(best.values(), key=_among_groups)[:SHOWN_MAX]
    for place, one in enumerate(chosen, start=1):
        one.place = place
    return chosen


def _in_group(one: Candidate) -> tuple[Any, ...]:
    """What was asked to come back first, then what was asked for, then the score."""
    return (not one.is_back, not one.needed_since, *_among_groups(one))


def _among_groups(one: Candidate) -> tuple[Any, ...]:
    """By score; of equal ones the higher lever, the older need, the key."""
    return (-one.score.total, -one.score.lever, one.needed_since or "~", one.offer.key)


def _as_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return value if isinstance(value, date) else None
