"""What a policy means for one unit: when it starts and ends, and the cover each clause gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from clientela.warranty.rules import spans
from clientela.warranty.rules.spans import Anchor, Span, Term

SALE, DELIVERY, AFTER_BASE = "sale", "delivery", "after_base"
BASE_LAYERS = ("legal", "maker")


@dataclass(frozen=True, slots=True)
class ClauseRow:
    id: Any
    component_path: str = ""
    cost_type: str = "all"
    included: bool = True
    percent_bp: int = 10_000
    months: int | None = None
    days: int | None = None

    def term(self, bought: Term | None) -> Term | None:
        """Its own duration, else what was bought."""
        if self.months is None and self.days is None:
            return bought
        return Term(months=self.months, days=self.days)


@dataclass(frozen=True, slots=True)
class TermsRow:
    """A version of a plan with everything that a sale needs of it; `prices`: months -> minor."""

    id: Any
    plan_id: Any
    plan: str
    layer: str
    stack: str
    version: int
    currency: str
    clauses: tuple[ClauseRow, ...]
    priority: int = 0
    product_id: Any = None
    names: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[int, int] = field(default_factory=dict)
    sold_from: date | None = None
    sold_until: date | None = None
    start_rule: str = DELIVERY
    end_rule: str = spans.INCLUSIVE
    waiting_days: int = 0
    window_days: int | None = None

    def is_sold_on(self, day: date) -> bool:
        return (self.sold_from is None or self.sold_from <= day) and (
            self.sold_until is None or day <= self.sold_until
        )


@dataclass(frozen=True, slots=True)
class Followed:
    """Cover that an extension may follow: how it is counted, and the first day it is over."""

    anchor: Anchor
    ends_on: date


@dataclass(frozen=True, slots=True)
class CoverRow:
    clause_id: Any
    component_path: str
    cost_type: str
    included: bool
    percent_bp: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Opening:
    """A policy before it is written; `bases` are what an extension may follow."""

    terms: TermsRow
    term_months: int | None
    starts_on: date
    ends_on: date
    money_from: date
    money_until: date
    covers: tuple[CoverRow, ...]
    bases: tuple[Followed, ...] = ()


def in_force(versions: Iterable[TermsRow], day: date) -> TermsRow | None:
    """The newest version that is sold on that day."""
    sold = [terms for terms in versions if terms.is_sold_on(day)]
    return max(sold, key=lambda terms: terms.version, default=None)


def opening(
    terms: TermsRow, *, sold_on: date, in_service_on: date, bases: Sequence[Followed] = (),
    term_months: int | None = None,
) -> Opening | None:  # fmt: skip
    """What these terms give a unit in service since that day; None where they give nothing."""
    anchor, starts_on = _start(terms, sold_on=sold_on, in_service_on=in_service_on, bases=bases)
    bought = None if term_months is None else Term(months=term_months)
    given = [(clause, term) for clause in terms.clauses if (term := clause.term(bought))]
    rows = [
        (clause, spans.span(anchor, term, end_rule=terms.end_rule, starts_on=starts_on))
        for clause, term in given
    ]
    included = [span for clause, span in rows if clause.included]
    if not included:
        return None
    ends_on = max(span.ends_on for span in included)
    rows += [(clause, _as_long(included, ends_on)) for clause in terms.clauses
             if clause.term(bought) is None]  # fmt: skip
    until = spans.anniversary(anchor, bought) if bought else max(s.until for s in included)
    covers = tuple(
        CoverRow(clause.id, clause.component_path, clause.cost_type, clause.included,
                 clause.percent_bp, span.starts_on, span.ends_on)
        for clause, span in rows
    )  # fmt: skip
    money_from = min(anchor.day, starts_on)
    return Opening(terms, term_months, starts_on, ends_on, money_from, max(until, money_from),
                   covers, _bases(terms, anchor, rows))  # fmt: skip


def _as_long(included: Sequence[Span], ends_on: date) -> Span:
    """A clause of no duration of its own where none was bought lasts as long as the others."""
    return Span(included[0].starts_on, ends_on, ends_on)


def _start(
    terms: TermsRow, *, sold_on: date, in_service_on: date, bases: Sequence[Followed]
) -> tuple[Anchor, date]:
    """An extension begins where what it follows really ends, and is counted from its start."""
    if terms.start_rule == SALE:
        return Anchor(sold_on), sold_on
    if terms.start_rule == DELIVERY:
        return Anchor(in_service_on), in_service_on
    base = max(bases, key=lambda one: one.ends_on, default=None)
    if base is None or base.ends_on <= sold_on:
        return Anchor(sold_on), sold_on
    return base.anchor, base.ends_on


def _bases(terms: TermsRow, anchor: Anchor,
           rows: Sequence[tuple[ClauseRow, Span]]) -> tuple[Followed, ...]:  # fmt: skip
    """What of a free plan an extension may follow: cover of the whole unit."""
    if terms.layer not in BASE_LAYERS:
        return ()
    whole = [
        (clause, span) for clause, span in rows if clause.included and not clause.component_path
    ]
    return tuple(
        Followed(Anchor(anchor.on, anchor.months + clause.months) if clause.months is not None
             else Anchor(span.until), span.ends_on)
        for clause, span in whole
    )  # fmt: skip


def refusals(
    terms: TermsRow, *, fits: bool, sold_on: date, bought_on: date | None, country: str,
    markets: Sequence[str], taken: bool, term_months: int | None,
) -> list[str]:  # fmt: skip
    """Why a unit may not be sold these terms; nothing: it may."""
    window = None if terms.window_days is None else timedelta(days=terms.window_days)
    broken = {
        "other-product": not fits,
        "wrong-market": bool(markets) and country not in markets,
        "window-over": bool(window is not None and bought_on and sold_on > bought_on + window),
        "place-taken": taken,
        "no-such-term": bool(terms.prices) and term_months not in terms.prices,
    }
    return [code for code, is_broken in broken.items() if is_broken]
