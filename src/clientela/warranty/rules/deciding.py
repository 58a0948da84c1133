"""What a claim's lines are paid, each by the first layer that covers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clientela.warranty.rules import coverage, payment
from clientela.warranty.rules.coverage import Question, Result, Tried
from clientela.warranty.rules.payment import Asked, LinePaid


@dataclass(frozen=True, slots=True)
class Line:
    """One cost of a claim, with the day its fault was told of and found."""

    cost_type: str
    component: str
    claimed_minor: int


@dataclass(frozen=True, slots=True)
class Fault:
    """When it failed, was found and was told of; `burden_met`: the customer has shown that the
    fault was there from the beginning.
    """

    fault_on: date
    found_on: date
    reported_on: date
    burden_met: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A line with what it is paid; `payer` None: nobody covers it, for `reasons`."""

    paid: LinePaid
    payer: Result | None
    cover_id: Any
    percent_bp: int
    reasons: tuple[str, ...]
    results: tuple[Result, ...]


NOTHING = LinePaid(0, 0, 0, 0)


def decide(
    lines: Sequence[Line], tries: Iterable[Tried], fault: Fault, *,
    replaced_on: date | None = None, in_service: bool = True,
) -> list[Decided]:  # fmt: skip
    """Every line walks the layers; lines of one payer share its deductible and caps."""
    known = list(tries)
    judged = [
        _judged(line, known, fault, replaced_on=replaced_on, in_service=in_service)
        for line in lines
    ]
    paid = _paid(lines, judged)
    return [
        Decided(paid.get(place, NOTHING), payer, cover, percent, reasons, results)
        for place, (payer, cover, percent, reasons, results) in enumerate(judged)
    ]


Judged = tuple[Result | None, Any, int, tuple[str, ...], tuple[Result, ...]]


def _judged(
    line: Line, tries: Sequence[Tried], fault: Fault, *, replaced_on: date | None,
    in_service: bool,
) -> Judged:  # fmt: skip
    question = Question(fault.fault_on, fault.reported_on, line.component, line.cost_type,
                        fault.found_on)  # fmt: skip
    answer = coverage.check(tries, question, replaced_on=replaced_on, in_service=in_service)
    paying = {coverage.COVERED} | ({coverage.PENDING} if fault.burden_met else set())
    for result in answer.results:
        if result.answer in paying:
            [(_, percent_bp, cover_id)] = result.pays
            return result, cover_id, percent_bp, result.reasons, answer.results
    reasons = dict.fromkeys(code for result in answer.results for code in result.reasons)
    return None, None, 0, tuple(reasons) or ("not_in_service",), answer.results


def _paid(lines: Sequence[Line], judged: Sequence[Judged]) -> Mapping[int, LinePaid]:
    by_payer: dict[Any, list[int]] = {}
    for place, (payer, *_) in enumerate(judged):
        if payer is not None:
            by_payer.setdefault(payer.tried.key, []).append(place)
    found: dict[int, LinePaid] = {}
    for places in by_payer.values():
        payer = judged[places[0]][0]
        assert payer is not None
        asked = [Asked(lines[place].claimed_minor, judged[place][2]) for place in places]
        found |= zip(places, _by(payer.tried, asked), strict=True)
    return found


def _by(tried: Tried, asked: Sequence[Asked]) -> list[LinePaid]:
    """Caps in their order: of the claim, then what is left for the whole life."""
    caps = sorted((limit for limit in tried.limits if limit.kind == "cap"),
                  key=lambda limit: limit.per != "claim")  # fmt: skip
    deductible = sum(one.amount_minor for one in tried.limits if one.kind == "deductible")
    return payment.pay(asked, deductible_minor=deductible,
                       caps_minor=[cap.left_minor for cap in caps])  # fmt: skip
