"""A holding that is known is changed or closed, and people come to hold it or hold it no more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from clientela.customers import queries as customers
from clientela.customers.queries import Reference
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import one_customer
from clientela.platform import cards, ids, money, transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.products import actions, queries, rules
from clientela.products.actions import NewHolder, Terms
from clientela.products.models import Holder, Holding
from clientela.staff import company as companies

TERM_MONTHS_MAX = 1_200
ENDED = ("closed", "written_off", "matured")


class HoldingClosed(Problem):
    code = "holding-closed"
    status = 409
    title = "This holding is closed already"


class MainHolderStays(Problem):
    code = "main-holder-stays"
    status = 409
    title = "A holding has a main holder as long as it is there"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different; None leaves a value. `terms`: names of `Terms` -> new value."""

    number: str | None = None
    serial: str | None = None
    status: str | None = None
    terms: dict[str, Any] = field(default_factory=dict)


@transactions.retried
def change(
    holding_id: UUID, wanted: Change, *, actor: Actor, now: datetime, request: str = ""
) -> Holding:
    """The values that are named; each holder reads of it on their timeline."""
    with transactions.open():
        row = _locked(holding_id)
        before = queries.state_of(row)
        after = replace(
            before,
            number=before.number if wanted.number is None else wanted.number,
            status=wanted.status or before.status,
            terms=replace(before.terms, **wanted.terms),
        )
        check(after.status, after.number, after.terms)
        if after.status in ENDED and after.terms.closed_on is None and after.status == "closed":
            today = companies.current().today(now)
            after = replace(after, terms=replace(after.terms, closed_on=today))
        _refuse_foreign_renewal(row, after.terms.renewal_of)
        changed = after != before
        if changed:
            actions.change_holdings([after])
            _rename(row, "number", after.number)
        if wanted.serial is not None and wanted.serial != row.serial:
            changed = True
            actions.set_serial(row.id, customer_id=row.customer_id, serial=wanted.serial)
            _rename(row, "serial", wanted.serial)
        if changed:
            is_closed = after.terms.closed_on is not None and before.terms.closed_on is None
            name = "holding.closed" if is_closed else "holding.changed"
            _tell(name, row, actor=actor, now=now, request=request)
    return queries.holding(holding_id)


@transactions.retried
def close(
    holding_id: UUID, *, on: date | None = None, status: str = "closed", actor: Actor,
    now: datetime, request: str = "",
) -> Holding:  # fmt: skip
    """Its last day, today where none is said; closed, matured or written off."""
    if status not in ENDED:
        raise InvalidInput(f"It ends as one of {', '.join(ENDED)}.", field="status")
    day = on or companies.current().today(now)
    if queries.holding(holding_id).closed_on is not None:
        raise HoldingClosed
    wanted = Change(status=status, terms={"closed_on": day})
    return change(holding_id, wanted, actor=actor, now=now, request=request)


@transactions.retried
def add_holder(
    holding_id: UUID, customer: Reference | UUID, *, role: str, actor: Actor, now: datetime,
    request: str = "",
) -> bool:  # fmt: skip
    """Somebody holds it too, or stands for it, in a role. False: so it is already."""
    if role not in Holder.Role.values:
        raise InvalidInput(f"A role is one of {', '.join(Holder.Role.values)}.", field="role")
    with transactions.open():
        row = _locked(holding_id)
        family = one_customer.locked(customer)
        parts = queries.holders_of([row.id]).get(row.id, [])
        if any(part.customer_id in family and part.role == role for part in parts):
            return False
        actions.add_holders([NewHolder(family[0], row.id, row.customer_id, role)])
        _tell("holding.changed", row, actor=actor, now=now, request=request)
    return True


@transactions.retried
def remove_holder(
    holding_id: UUID, customer: Reference | UUID, *, role: str, actor: Actor, now: datetime,
    request: str = "",
) -> bool:  # fmt: skip
    """Somebody's part is over. False: there is none. The main holder's part stays."""
    with transactions.open():
        row = _locked(holding_id)
        family = one_customer.locked(customer)
        parts = queries.holders_of([row.id]).get(row.id, [])
        mine = [part for part in parts if part.customer_id in family and part.role == role]
        if not mine:
            return False
        left = [part for part in parts if part not in mine]
        if not any(part.customer_id == row.customer_id for part in left):
            raise MainHolderStays(_("Close the holding instead."))
        for part in mine:
            actions.remove_holder(part)
        _tell("holding.changed", row, actor=actor, now=now, request=request)
    return True


def check(status: str, number: str, terms: Terms) -> None:
    """What a holding must fulfil, whichever door tells of it."""
    if status not in rules.STATUSES:
        raise InvalidInput(f"A status is one of {', '.join(rules.STATUSES)}.", field="status")
    if cards.is_card_number(number):
        raise InvalidInput(
            _("This is the number of a payment card. Such numbers are not kept here."),
            field="number", reason="payment-card",
        )  # fmt: skip
    if terms.currency and terms.currency not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="balance.currency")
    if (terms.balance_minor is not None or terms.limit_minor is not None) and not terms.currency:
        raise InvalidInput("An amount has a currency.", field="balance.currency")
    if terms.opened_on and terms.closed_on and terms.closed_on < terms.opened_on:
        raise InvalidInput(_("A holding ends after it starts."), field="closed_on")
    if terms.term_months is not None and not 0 < terms.term_months <= TERM_MONTHS_MAX:
        raise InvalidInput(f"A term is 1 to {TERM_MONTHS_MAX} months.", field="term_months")


def _locked(holding_id: UUID) -> Holding:
    """The holding, as far as whoever acts may see its main holder."""
    row = queries.holding(holding_id)
    if not customers.is_seen(row.customer_id):
        raise queries.NoSuchHolding
    one_customer.lock([row.customer_id])
    return queries.holding(holding_id, lock=True)


def _refuse_foreign_renewal(row: Holding, renewal_of: UUID | None) -> None:
    if renewal_of is None or renewal_of == row.renewal_of:
        return
    if renewal_of == row.id:
        raise InvalidInput(_("A holding does not renew itself."), field="renewal_of")
    family = customers.family_of(row.customer_id)
    if queries.holding(renewal_of).customer_id not in family:
        raise InvalidInput(_("It renews a holding of the same customer."), field="renewal_of")


def _rename(row: Holding, kind: str, value: str) -> None:
    actions.end_names(row.id, kind=kind, keep=value)
    actions.name_holdings([(kind, "", value, row.customer_id, row.id)])


def _tell(name: str, row: Holding, *, actor: Actor, now: datetime, request: str) -> None:
    parts = queries.holders_of([row.id]).get(row.id, [])
    holders = sorted({part.customer_id for part in parts} | {row.customer_id})
    told = [
        Happening(name, now, holder, ids.public("hol", row.id), {"product": row.product.name})
        for holder in holders
    ]
    events.emit(told, actor=actor, now=now, request=request)
