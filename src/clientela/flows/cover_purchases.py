"""Purchases and their cover: lines that sell a cover are checked before anything is recorded, and
what was bought is covered once it is held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events.actions import Happening
from clientela.flows import cover_units
from clientela.flows.cover_units import Thing
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.products import queries as catalogue
from clientela.products import rules as product_rules
from clientela.products.rules import number_norm
from clientela.purchases import queries as purchases
from clientela.purchases.actions import Covers, Fresh, NewLine, NewPurchase
from clientela.staff.company import Company
from clientela.warranty.actions import policies
from clientela.warranty.actions.units import Registered, Wanted
from clientela.warranty.models.covered import Policy
from clientela.warranty.queries import book as books
from clientela.warranty.queries import cases
from clientela.warranty.queries.cases import Case
from clientela.warranty.rules.opening import TermsRow

WHOLE_BASKET = Covers()


@dataclass(frozen=True, slots=True)
class WarrantyLine:
    """A line that sells a cover of a line of the same purchase, or of a unit the customer has."""

    line_no: int
    terms: TermsRow
    months: int | None
    price_minor: int
    tax_minor: int
    covers_line: int | None = None
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Sold:
    """By place in the batch: purchases that are refused, and the warranty lines of the others."""

    refused: dict[int, Problem] = field(default_factory=dict)
    lines: dict[int, list[WarrantyLine]] = field(default_factory=dict)

    def moved(self, places: Sequence[int]) -> Sold:
        """The same lines by the places of a shorter batch."""
        return Sold({}, {new: self.lines[old] for new, old in enumerate(places)
                         if old in self.lines})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Basket:
    """A purchase, what of it will be held by number of line, whether it was recorded before."""

    new: NewPurchase
    things: Mapping[int, NewLine]
    is_known: bool
    company: Company


@dataclass(frozen=True, slots=True)
class Covered:
    """Purchase -> the policies that came with it, and what there is to tell."""

    policies: Mapping[UUID, list[UUID]]
    happenings: tuple[Happening, ...] = ()


def read(batch: Sequence[NewPurchase], *, company: Company) -> Sold:
    """The warranty lines of purchases, checked; a bad one refuses its purchase alone."""
    found = Sold()
    codes = {line.product_id for new in batch for line in new.lines if line.product_id}
    if not codes or not company.is_on("warranty"):
        return found
    selling = books.selling(codes)
    mine = [place for place, new in enumerate(batch)
            if any(line.product_id in selling for line in new.lines)]  # fmt: skip
    known = _recorded(batch, mine)
    for place in mine:
        try:
            found.lines[place] = _read(batch[place], selling, place in known, company)
        except Problem as problem:
            found.refused[place] = problem
    return found


def _recorded(batch: Sequence[NewPurchase], places: Sequence[int]) -> set[int]:
    """Purchases recorded before: their covers have their place already."""
    names = [(batch[place].source, batch[place].reference) for place in places]
    found = purchases.known("purchase", names) if names else {}
    return {places[index] for index in found}


def _read(
    new: NewPurchase, selling: frozenset[UUID], is_known: bool, company: Company
) -> list[WarrantyLine]:
    basket = _Basket(new, _things(new, selling), is_known, company)
    taken: set[tuple[object, str]] = set()
    lines = []
    for line_no, line in enumerate(new.lines, start=1):
        if line.product_id in selling:
            lines.append(_line(basket, line_no, line))
            place = (lines[-1].covers_line or lines[-1].case, lines[-1].terms.stack)
            if place in taken:
                raise policies.NotEligible(["place-taken"], field=f"lines.{line_no - 1}.covers")
            taken.add(place)
    return lines


def _things(new: NewPurchase, selling: frozenset[UUID]) -> dict[int, NewLine]:
    """The lines that will be held, by number."""
    known = catalogue.by_codes(line.product_code for line in new.lines)
    return {
        number: line
        for number, line in enumerate(new.lines, start=1)
        if line.product_id and line.product_id not in selling
        and (line.serial or known[product_rules.code_norm(line.product_code)].held)
    }  # fmt: skip


def _line(basket: _Basket, line_no: int, line: NewLine) -> WarrantyLine:
    where, company = f"lines.{line_no - 1}.covers", basket.company
    number, case = _target(line.covers or WHOLE_BASKET, basket, where)
    product = case.product_id if case else basket.things[number or 0].product_id
    assert product is not None
    assert line.product_id is not None
    plan = books.book([product, line.product_id]).sold_by(line.product_id)
    sold_on = company.today(basket.new.purchased_at)
    terms = plan.terms_on(sold_on) if plan else None
    if plan is None or terms is None:
        raise policies.NotEligible(["not-sold"], field=where)
    months = _months(line, terms)
    reasons = policies.refusals(
        plan, terms, product_id=product, sold_on=sold_on, term_months=months,
        country=company.country, case=None if basket.is_known else case,
    )  # fmt: skip
    if basket.new.currency != terms.currency:
        reasons.append("other-currency")
    if reasons:
        raise policies.NotEligible(reasons, field=where)
    return WarrantyLine(line_no, terms, months, line.total_minor, line.tax_minor, number, case)


def _target(covers: Covers, basket: _Basket, where: str) -> tuple[int | None, Case | None]:
    """The line or the unit that a warranty line names; without a name, the only thing bought."""
    things = basket.things
    if covers.serial:
        norm = number_norm(covers.serial)
        for number, line in things.items():
            if number_norm(line.serial) == norm:
                return number, None
        family = set(customers.family_of(basket.new.customer_id))
        for case in cases.by_serial(covers.serial):
            if case.customer_id in family:
                return None, case
        raise InvalidInput(f"This customer holds nothing with the serial {covers.serial}.",
                           field=f"{where}.serial")  # fmt: skip
    if covers.line is None and len(things) == 1:
        return next(iter(things)), None
    if covers.line not in things:
        words = "Name the line or the serial that this cover is for."
        raise InvalidInput(words, field=f"{where}.line")
    return covers.line, None


def _months(line: NewLine, terms: TermsRow) -> int | None:
    """The term that was sold: as named, else the only one, else that of this price."""
    if line.covers is not None and line.covers.months is not None:
        return line.covers.months
    if len(terms.prices) == 1:
        return next(iter(terms.prices))
    gross = line.total_minor + line.discount_minor
    fitting = [months for months, minor in terms.prices.items() if minor == gross]
    if not fitting and terms.prices:
        raise policies.NotEligible(["no-such-term"], field="lines.covers.months")
    return fitting[0] if fitting else None


def cover(
    things: Sequence[Thing], fresh: Sequence[Fresh], sold: Sold, *, company: Company, actor: Actor
) -> Covered:
    """Cover what was opened, and write the covers that were bought."""
    bought, later = _bought(things, fresh, sold)
    registered, told = cover_units.cover(things, bought=bought, company=company, actor=actor)
    found: dict[UUID, list[UUID]] = {}
    for id, want in _policies(registered):
        if want.purchase_id is not None:
            found.setdefault(want.purchase_id, []).append(id)
    for one, case, want in later:
        written = policies.sell(case, want, actor=actor)
        found.setdefault(one.id, []).append(written.id)
        thing = Thing(case.holding_id, case.customer_id, case.product_id, case.product)
        told.append(
            cover_units.sold(thing, written.id, written.number, want, one.purchase.purchased_at)
        )
    return Covered(found, tuple(told))


def _bought(
    things: Sequence[Thing], fresh: Sequence[Fresh], sold: Sold
) -> tuple[dict[UUID, list[Wanted]], list[tuple[Fresh, Case, Wanted]]]:
    """Covers of what was just opened, by holding, and covers of what was held before."""
    opened = {(thing.purchase_id, thing.line_no): thing.holding_id for thing in things}
    at_once: dict[UUID, list[Wanted]] = {}
    later = []
    for one in fresh:
        for line in sold.lines.get(one.place, ()):
            want = Wanted(
                terms=line.terms, term_months=line.months, source=Policy.Source.LINE,
                price_minor=line.price_minor, tax_minor=line.tax_minor, purchase_id=one.id,
                line_no=line.line_no,
            )  # fmt: skip
            if line.case is not None:
                later.append((one, line.case, want))
            elif (holding := opened.get((one.id, line.covers_line))) is not None:
                at_once.setdefault(holding, []).append(want)
    return at_once, later


def _policies(registered: Iterable[Registered]) -> Iterable[tuple[UUID, Wanted]]:
    for unit in registered:
        for id, _, want, _ in unit.policies:
            yield id, want


def covered_before(
    known: Sequence[tuple[UUID, UUID]], *, company: Company
) -> Mapping[UUID, list[UUID]]:
    """The policies that came with purchases recorded before, by purchase."""
    if not known or not company.is_on("warranty"):
        return {}
    return cases.policies_bought(known)
