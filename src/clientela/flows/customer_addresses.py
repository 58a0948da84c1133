"""Where a customer lives and has things sent, written down and ended from any door."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clientela.customers import queries as customers
from clientela.customers.places import actions
from clientela.customers.places import queries as places
from clientela.customers.places.actions import NewAddress
from clientela.customers.places.models import Address
from clientela.customers.queries import Reference
from clientela.customers.sight import IDENTITIES, sight_of
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import one_customer
from clientela.platform import countries, ids, postal, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.postal import BadPlace, Place
from clientela.staff import company as companies

KIND = "address"  # what rights call it among the kinds of identities
SENTENCES: dict[str, str | Promise] = {
    "missing": _("Addresses in this country need it."),
    "too-long": _("This is too long."),
    "payment-card": _("This is the number of a payment card. Such numbers are not kept here."),
    "not-a-postcode": _("This is no postcode of that country."),
    "unknown-country": _("Use a country code of two letters, such as LV."),
}


class BadAddress(InvalidInput):
    code = "bad-address"
    title = "A letter would not arrive at this address"


def checked(place: Place, *, country: str = "") -> Place:
    """The address in its country's form; `country` where it names none. BadAddress otherwise."""
    if not place.country:
        place = Place(**{**_parts(place), "country": country or companies.current().country})
    try:
        found = postal.checked(place)
    except BadPlace as bad:
        words = str(SENTENCES[bad.reason])
        if bad.example:
            words = _("%(words)s One is %(example)s.") % {"words": words, "example": bad.example}
        raise BadAddress(words, field=bad.part, reason=bad.reason) from None
    except ValueError:
        raise BadAddress(str(SENTENCES["too-long"]), field="street") from None
    if found.country and found.country not in countries.COUNTRIES:
        raise BadAddress(str(SENTENCES["unknown-country"]), field="country")
    return found


@transactions.retried
def add(
    customer: Reference | UUID, *, purpose: str, place: Place, starts_on: date | None = None,
    ends_on: date | None = None, instead_of: UUID | None = None, source: str = "",
    actor: Actor, now: datetime, request: str = "",
) -> tuple[Address, bool]:  # fmt: skip
    """The address, and whether it is new. `instead_of`: the one it takes the place of; that one
    ends on the day the new one begins.
    """
    _refuse_period(starts_on, ends_on)
    _refuse_purpose(purpose)
    today = companies.current().today(now)
    with transactions.open():
        sight_of(actor).needs_edit(IDENTITIES, [KIND])
        family = one_customer.locked(customer)
        place = checked(place, country=customers.get(family[0]).country)
        new = NewAddress(family[0], purpose, place, starts_on, ends_on, source)
        added = actions.add([new], now=now)
        told = []
        if instead_of is not None:
            old = places.one(instead_of, family=family)
            if actions.end(old, on=starts_on or today):
                told.append(_happening("address.ended", family, old.id, old.purpose, now))
        if added:
            told.append(_happening("address.added", family, added[0][1], purpose, now))
        events.emit(told, actor=actor, now=now, request=request)
        address = (
            places.one(added[0][1], family=family)
            if added
            else Address.objects.get(
                customer_id=family[0], purpose=purpose, norm=postal.norm(place), ends_on=ends_on
            )
        )
    return address, bool(added)


@transactions.retried
def change(
    customer: Reference | UUID, address_id: UUID, *, purpose: str, place: Place,
    starts_on: date | None, actor: Actor, now: datetime, request: str = "",
) -> Address:  # fmt: skip
    """Put an address right that was written down wrongly; who moved has a new one."""
    _refuse_purpose(purpose)
    with transactions.open():
        sight_of(actor).needs_edit(IDENTITIES, [KIND])
        family = one_customer.locked(customer)
        address = places.one(address_id, family=family)
        place = checked(place, country=customers.get(family[0]).country)
        if actions.change(address, purpose=purpose, place=place, starts_on=starts_on):
            told = _happening("address.changed", family, address.id, purpose, now)
            events.emit([told], actor=actor, now=now, request=request)
    return places.one(address_id, family=family)


@transactions.retried
def end(
    customer: Reference | UUID, address_id: UUID, *, on: date | None = None, actor: Actor,
    now: datetime, request: str = "",
) -> Address:  # fmt: skip
    """Its last day, today where none is said; it is kept among the former ones."""
    day = on or companies.current().today(now)
    with transactions.open():
        sight_of(actor).needs_edit(IDENTITIES, [KIND])
        family = one_customer.locked(customer)
        address = places.one(address_id, family=family)
        if actions.end(address, on=day):
            told = _happening("address.ended", family, address.id, address.purpose, now)
            events.emit([told], actor=actor, now=now, request=request)
    return places.one(address_id, family=family)


def _refuse_purpose(purpose: str) -> None:
    if purpose not in Address.Purpose.values:
        listed = ", ".join(Address.Purpose.values)
        raise InvalidInput(f"A purpose is one of {listed}.", field="purpose")


def _refuse_period(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise InvalidInput("An address ends after it starts.", field="ends_on")


def _parts(place: Place) -> dict[str, str]:
    return {name: place.part(name) for name in postal.PARTS}


def _happening(
    name: str, family: list[UUID], address_id: UUID, purpose: str, now: datetime
) -> Happening:
    return Happening(name, now, family[0], ids.public("adr", address_id), {"purpose": purpose})
