"""The catalogue and what a customer holds of it, one at a time, from any door."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.rules import HOLDING_ROLES
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import change_holding, cover_units, leads
from clientela.flows.cover_units import Thing
from clientela.platform import ids, money, text, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.products import actions as products
from clientela.products import queries
from clientela.products import rules as product_rules
from clientela.products.actions import (
    NO_TERMS,
    HoldingState,
    NewHolder,
    NewHolding,
    ProductValues,
    Terms,
)
from clientela.products.models import Product
from clientela.retention.actions.offering import Opened
from clientela.staff import company as companies
from clientela.staff.company import Company

KIND_LENGTH_MAX = 40


class UnknownStatus(InvalidInput):
    code = "unknown-status"
    title = "Nobody said what this status means"


@dataclass(frozen=True, slots=True)
class Held:
    """That a customer holds a product, as a door understood it. `reference`: its source's name;
    `status`: one of ours, or a code of the source that is mapped for this kind of product.
    """

    customer: customers.Reference
    product: str
    source: str = ""
    reference: str = ""
    role: str = "owner"
    status: str = "active"
    number: str = ""
    serial: str = ""
    terms: Terms = NO_TERMS


@dataclass(frozen=True, slots=True)
class Answer:
    id: UUID
    customer_id: UUID
    state: str


def save_product(
    *, code: str, name: str, kind: str, price_minor: int | None, currency: str
) -> tuple[Product, str]:
    """A product by its code: new, changed or unchanged; its kind comes with it where it is new."""
    key = kind_key(kind)
    if currency and currency not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="price.currency")
    if price_minor is not None and price_minor < 0:
        raise InvalidInput("A price is not negative.", field="price.minor")
    with transactions.open():
        if key not in {known.key for known in queries.kinds()}:
            products.define_kinds([{"key": key, "labels": {"en": kind}, "held": False}])
        values = ProductValues(code, name, key, price_minor, currency)
        [(id, state)] = products.save_products([values])
        return Product.objects.get(id=id), state


def kind_key(kind: str) -> str:
    """The key of a kind by its name: `Credit card` is `credit-card`."""
    key = "-".join(text.words(kind))[:KIND_LENGTH_MAX]
    if not key:
        raise InvalidInput("Name the kind of product.", field="kind")
    return key


@transactions.retried
def hold_product(held: Held, *, actor: Actor, now: datetime, request: str = "") -> Answer:
    """Open a holding, or bring the one of this source and reference up to date."""
    company = companies.current()
    held = _checked(held)
    with transactions.open():
        customer = customers.the_one(held.customer).survivor
        product = queries.by_codes([held.product]).get(product_rules.code_norm(held.product))
        if product is None:
            raise queries.NoSuchProduct(f"There is no product {held.product}.", field="product")
        held = _with_status(held, product.id, today=company.today(now))
        answer, name = _opened(held, customer, product)
        if answer.state != "unchanged":
            told = Happening(name, now, answer.customer_id, ids.public("hol", answer.id),
                             {"product": product.name})  # fmt: skip
            won = _won(answer, held, company=company, actor=actor, now=now)
            covered = _covered(answer, held, product, company=company, actor=actor)
            events.emit([told, *covered, *won], actor=actor, now=now, request=request)
    return answer


def _covered(
    answer: Answer, held: Held, product: queries.Known, *, company: Company, actor: Actor
) -> list[Happening]:
    if answer.state != "new":
        return []
    thing = Thing(answer.id, answer.customer_id, product.id, product.name, serial=held.serial,
                  sold_on=held.terms.opened_on)  # fmt: skip
    return cover_units.cover([thing], bought={}, company=company, actor=actor)[1]


def _won(
    answer: Answer, held: Held, *, company: Company, actor: Actor, now: datetime
) -> list[Happening]:
    """Leads that were waiting for what was opened."""
    is_open = answer.state == "new" and held.status in product_rules.OPEN
    code = product_rules.code_norm(held.product)
    opened = [Opened(answer.customer_id, answer.id, code, held.terms.opened_on)]
    return leads.won_by(opened if is_open else [], company=company, actor=actor, now=now)


def _opened(held: Held, customer: UUID, product: queries.Known) -> tuple[Answer, str]:
    new = NewHolding(
        customer_id=customer, product_id=product.id, source=held.source, reference=held.reference,
        number=held.number, serial=held.serial, status=held.status, role=held.role,
        terms=held.terms,
    )  # fmt: skip
    opened = products.open_holdings([new])
    if opened:
        return Answer(opened[0][1], customer, "new"), "holding.opened"
    known = queries.holdings_named([("reference", held.source, held.reference)])[0].holding
    added = products.add_holders([NewHolder(customer, known.id, known.customer_id, held.role)])
    after = _brought_up_to_date(known, held, product.id)
    if after != known:
        products.change_holdings([after])
    state = "changed" if added or after != known else "unchanged"
    name = (
        "holding.closed"
        if after.terms.closed_on and not known.terms.closed_on
        else "holding.changed"
    )
    return Answer(known.id, customer, state), name


def _brought_up_to_date(known: HoldingState, held: Held, product_id: UUID) -> HoldingState:
    return replace(
        known, product_id=product_id, number=held.number or known.number, status=held.status,
        terms=updated(known.terms, held.terms),
    )  # fmt: skip


def updated(known: Terms, told: Terms) -> Terms:
    """The terms with what is told; what is not told stays."""
    news = {name: value for name, value in asdict(told).items() if value not in (None, "")}
    return replace(known, **news)


def _checked(held: Held) -> Held:
    if held.role not in HOLDING_ROLES:
        raise InvalidInput(f"A role is one of {', '.join(HOLDING_ROLES)}.", field="role")
    return held


def _with_status(held: Held, product_id: UUID, *, today: date) -> Held:
    """The source's code as a status of ours; a closed holding gets its day."""
    kind = queries.product(product_id).kind_id
    found = product_rules.meaning(queries.meanings(held.source), kind=kind, code=held.status)
    if found is None:
        raise UnknownStatus(
            f"The status {held.status} of {held.source or 'no source'} means nothing for the kind "
            f"{kind}.", field="status", value=held.status, kind=kind,
        )  # fmt: skip
    change_holding.check(found, held.number, held.terms)
    terms = held.terms
    if found == "closed" and terms.closed_on is None:
        terms = replace(terms, closed_on=today)
    return replace(held, status=found, terms=terms)
