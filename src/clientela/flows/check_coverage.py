"""Is this covered, why, by whom, until when: one unit, one day, every plan tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clientela.platform.errors import InvalidInput
from clientela.staff import company as companies
from clientela.staff.company import Company
from clientela.warranty.queries import book as books
from clientela.warranty.queries import cases
from clientela.warranty.queries.cases import Case, CoverOf, PolicyOf
from clientela.warranty.rules import coverage, spans
from clientela.warranty.rules.coverage import Answer, Question, Result


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks; `fault_on` an instant or a day, `found_on` where it is known."""

    serial: str = ""
    holding_id: UUID | None = None
    fault_on: date | datetime | None = None
    component: str = ""
    cost_type: str = ""
    found_on: date | None = None
    reported_on: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The answer about one unit. Without `case` it is unknown, perhaps a mistyping of `alike`;
    `others`: how many more units have this serial.
    """

    question: Question
    answer: Answer
    case: Case | None = None
    alike: str | None = None
    others: int = 0

    @property
    def payer(self) -> Result | None:
        return self.answer.payer

    @property
    def until(self) -> date | None:
        """The last covered day of what pays, or would."""
        return self.payer.until - spans.DAY if self.payer else None

    def policy_of(self, result: Result) -> PolicyOf | None:
        return self.case.policy(result.tried.key) if self.case else None

    def law_of(self, result: Result) -> CoverOf | None:
        found = (cover for cover in (self.case.covers if self.case else ())
                 if cover.policy_id is None and cover.id == result.tried.key)  # fmt: skip
        return next(found, None)

    def left_minor(self, result: Result) -> int | None:
        """What the caps of a policy leave for a claim; None: it has none."""
        policy = self.policy_of(result)
        if policy is None:
            return None
        caps = [limit.left_minor for limit in policy.limits if limit.kind == "cap"]
        return min(caps, default=None)


def check_coverage(asked: Asked, *, now: datetime) -> Found:
    """The answer for a serial or a holding. It writes nothing."""
    company = companies.current()
    if bool(asked.serial) == (asked.holding_id is not None):
        raise InvalidInput("Name a serial or a holding.", field="serial")
    found = (
        cases.by_serial(asked.serial) if asked.holding_id is None
        else cases.by_holdings([asked.holding_id])
    )  # fmt: skip
    if not found:
        alike = cases.lookalike(asked.serial) if asked.serial else None
        question = _question(asked, None, company=company, now=now)
        return Found(question, Answer(coverage.UNKNOWN, ()), alike=alike)
    return of_case(found[0], asked, now=now, others=len(found) - 1)


def of_case(case: Case, asked: Asked, *, now: datetime, others: int = 0) -> Found:
    """The answer about a unit that is at hand."""
    question = _question(asked, case, company=companies.current(), now=now)
    answer = coverage.check(
        case.tries(), question, replaced_on=case.replaced_on,
        in_service=case.in_service_on is not None,
    )  # fmt: skip
    return Found(question, answer, case, others=others)


def _question(asked: Asked, case: Case | None, *, company: Company, now: datetime) -> Question:
    zone = case.zone if case else company.zone
    today = spans.day_of_fault(now, zone)
    fault_on = today if asked.fault_on is None else spans.day_of_fault(asked.fault_on, zone)
    if fault_on > today:
        raise InvalidInput("A fault lies not in the future.", field="fault_on")
    if asked.cost_type and asked.cost_type not in coverage.COST_TYPES:
        kinds = ", ".join(coverage.COST_TYPES)
        raise InvalidInput(f"A cost is one of {kinds}.", field="cost_type")
    if asked.component and case is not None:
        _known_component(asked.component, case)
    reported = asked.reported_on or today
    if asked.found_on is not None and not fault_on <= asked.found_on <= reported:
        words = "A fault is found on its day or later, and told of after that."
        raise InvalidInput(words, field="found_on")
    return Question(fault_on, reported, asked.component, asked.cost_type, asked.found_on)


def _known_component(component: str, case: Case) -> None:
    """Parts are those of the product and those its plans name; of a product without, any is."""
    paths = [part.path for part in books.components_of(case.product_id, case.kind)]
    if not paths:
        return
    paths += [cover.component_path for cover in case.covers if cover.component_path]
    if not any(_is_on_one_road(component, path) for path in paths):
        raise InvalidInput(f"{case.product} has no part {component}.", field="component")


def _is_on_one_road(component: str, path: str) -> bool:
    return coverage.is_part_of(component, path) or coverage.is_part_of(path, component)


def parts_of(case: Case, *, language: str) -> Sequence[tuple[str, str]]:
    """The parts of a unit to choose from: (path, name)."""
    return [
        (part.path, part.names.get(language) or part.names.get("en") or part.path)
        for part in books.components_of(case.product_id, case.kind)
    ]
