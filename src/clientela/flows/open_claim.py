"""A fault is reported: a claim is opened, with what a check says of it at that moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import check_coverage
from clientela.flows.check_coverage import Asked, Found
from clientela.platform import money, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.products.queries import NoSuchHolding
from clientela.staff import company as companies
from clientela.warranty.actions import claims
from clientela.warranty.actions.claims import NewClaim, NewLine
from clientela.warranty.actions.policies import lock
from clientela.warranty.models.claimed import Claim
from clientela.warranty.queries import cases
from clientela.warranty.queries.cases import Case
from clientela.warranty.rules import coverage

LINES_MAX = 100
CLAIMED_MINOR_MAX = 10**13


@dataclass(frozen=True, slots=True)
class Report:
    """A fault as a door understood it; `found_on` None: on the day it failed."""

    fault_on: date | datetime | None
    lines: tuple[NewLine, ...]
    serial: str = ""
    holding_id: UUID | None = None
    found_on: date | None = None
    component: str = ""
    symptom: str = ""
    currency: str = ""
    conversation_id: UUID | None = None


@transactions.retried
def open_claim(report: Report, *, actor: Actor, now: datetime, request: str = "") -> Claim:
    """Open a claim on a unit that we know; whether it is covered is for the decision to say."""
    _check_lines(report)
    with transactions.open():
        case = _case(report)
        lock(case.customer_id, case.holding_id)
        found = _checked(report, case, now=now)
        new = NewClaim(
            fault_on=found.question.fault_on,
            found_on=report.found_on or found.question.fault_on,
            reported_on=found.question.reported_on, currency=_currency(report, case),
            lines=report.lines, component_path=report.component, symptom=report.symptom,
            conversation_id=report.conversation_id,
        )  # fmt: skip
        claim = claims.open_claim(new, case=case, actor=actor, now=now)
        claimed = sum(line.claimed_minor for line in report.lines)
        told = Happening(
            "claim.opened", now, claim.customer_id, claim.public_id,
            {"claim": claim.shown, "product": case.product, "minor": claimed,
             "currency": claim.currency, "answer": found.answer.answer},
        )  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return claim


def _case(report: Report) -> Case:
    if bool(report.serial) == (report.holding_id is not None):
        raise InvalidInput("Name a serial or a holding.", field="serial")
    if report.holding_id is not None:
        case = cases.of_holding(report.holding_id)
    else:
        case = next(iter(cases.by_serial(report.serial)), None)
    if case is None:
        raise NoSuchHolding("Nobody holds this.", field="serial" if report.serial else "holding")
    return case


def _checked(report: Report, case: Case, *, now: datetime) -> Found:
    asked = Asked(holding_id=case.holding_id, fault_on=report.fault_on,
                  component=report.component, found_on=report.found_on)  # fmt: skip
    return check_coverage.of_case(case, asked, now=now)


def _check_lines(report: Report) -> None:
    if not 1 <= len(report.lines) <= LINES_MAX:
        raise InvalidInput(f"A claim has 1 to {LINES_MAX} lines.", field="lines")
    if report.currency and report.currency not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="currency")
    for place, line in enumerate(report.lines):
        if line.cost_type not in coverage.COST_TYPES:
            words = f"A cost is one of {', '.join(coverage.COST_TYPES)}."
            raise InvalidInput(words, field=f"lines.{place}.cost_type")
        if not 0 < line.claimed_minor <= CLAIMED_MINOR_MAX:
            raise InvalidInput("Say what it costs.", field=f"lines.{place}.claimed_minor")


def _currency(report: Report, case: Case) -> str:
    """That of the covers: a claim is paid in it."""
    kept = {policy.currency for policy in case.policies}
    currency = report.currency or case.currency or next(iter(kept), companies.current().currency)
    if kept and currency not in kept:
        raise InvalidInput(f"The covers pay in {', '.join(sorted(kept))}.", field="currency")
    return currency
