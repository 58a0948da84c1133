"""A cover is sold for something a customer holds already, and what may be sold is offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clientela.events import actions as events
from clientela.flows import cover_units
from clientela.flows.cover_units import Thing
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.products.queries import NoSuchHolding
from clientela.staff import company as companies
from clientela.warranty.actions import policies
from clientela.warranty.actions.policies import NotEligible
from clientela.warranty.actions.units import Wanted
from clientela.warranty.models.covered import Policy
from clientela.warranty.queries import book as books
from clientela.warranty.queries import cases
from clientela.warranty.queries.book import NoSuchPlan, PlanRow
from clientela.warranty.queries.cases import Case


@dataclass(frozen=True, slots=True)
class NewSale:
    """Which plan for which holding; `price_minor` None: what the terms say it costs."""

    holding_id: UUID
    plan: str
    term_months: int | None = None
    price_minor: int | None = None
    sold_on: date | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan that may be sold for a unit now, and what each term costs."""

    plan: str
    names: dict[str, str]
    prices: tuple[tuple[int, int], ...]
    currency: str


@transactions.retried
def sell_policy(sale: NewSale, *, actor: Actor, now: datetime, request: str = "") -> Policy:
    """Sell a cover; each condition that fails is named."""
    company = companies.current()
    day = sale.sold_on or company.today(now)
    if day > company.today(now):
        raise InvalidInput("This lies in the future.", field="sold_on")
    with transactions.open():
        case = _locked(sale.holding_id)
        plan = books.book([case.product_id], code=sale.plan).named(sale.plan)
        if plan is None:
            raise NoSuchPlan(f"There is no plan {sale.plan}.", field="plan")
        want = _wanted(sale, plan, case, day=day)
        written = policies.sell(case, want, actor=actor)
        thing = Thing(case.holding_id, case.customer_id, case.product_id, case.product)
        told = cover_units.sold(thing, written.id, written.number, want, now)
        events.emit([told], actor=actor, now=now, request=request)
        return cases.policy(ids.public("pol", written.id))


def _locked(holding_id: UUID) -> Case:
    """The unit as it stands once it is ours alone."""
    case = cases.of_holding(holding_id)
    if case is None:
        raise NoSuchHolding("There is no such holding.", field="holding")
    if case.unit_id is None or case.in_service_on is None:
        raise NotEligible(["not-in-service"], field="holding")
    policies.lock(case.customer_id, case.holding_id)
    fresh = cases.of_holding(holding_id)
    assert fresh is not None
    return fresh


def _wanted(sale: NewSale, plan: PlanRow, case: Case, *, day: date) -> Wanted:
    terms = plan.terms_on(day)
    if terms is None:
        raise NotEligible(["not-sold"], field="plan")
    months = sale.term_months
    if months is None and len(terms.prices) == 1:
        months = next(iter(terms.prices))
    reasons = policies.refusals(
        plan, terms, product_id=case.product_id, sold_on=day, term_months=months,
        country=case.country or "", case=case,
    )  # fmt: skip
    if reasons:
        raise NotEligible(reasons, field="plan")
    price = terms.prices.get(months or 0, 0) if sale.price_minor is None else sale.price_minor
    return Wanted(terms, months, Policy.Source.SALE, price_minor=price, sold_on=day)


def offers(case: Case, *, now: datetime) -> list[Offer]:
    """The plans that this unit may be sold now."""
    day = companies.current().today(now)
    if case.unit_id is None or case.in_service_on is None or case.replaced_on is not None:
        return []
    found = []
    for plan in books.book([case.product_id]).plans:
        terms = plan.terms_on(day)
        if plan.product_id is None or terms is None or not terms.prices:
            continue
        reasons = policies.refusals(
            plan, terms, product_id=case.product_id, sold_on=day,
            term_months=next(iter(terms.prices)), country=case.country or "", case=case,
        )  # fmt: skip
        if not reasons:
            prices = tuple(sorted(terms.prices.items()))
            found.append(Offer(plan.code, dict(terms.names), prices, terms.currency))
    return found
