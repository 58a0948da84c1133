"""A customer is registered or changed by hand, from the console, the API or the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from clientela.customers import actions as customers
from clientela.customers import queries, rules
from clientela.customers.actions import CustomerChange, IdentityValue, NewCustomer
from clientela.customers.definitions import marked
from clientela.customers.faults import SENTENCES, as_faults
from clientela.customers.models import Customer, ProfileType
from clientela.customers.sight import Sight, sight_of
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import find_duplicates
from clientela.flows.find_duplicates import Accepted
from clientela.platform import cards, countries, emails, ids, phones, text, transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor, acting
from clientela.staff import company as companies
from clientela.staff.company import Company

NAME_LENGTH_MAX = 200


class InvalidProfile(Problem):
    code = "invalid-profile"
    status = 422
    title = "Some values cannot be used"


@dataclass(frozen=True, slots=True)
class Details:
    """What a person or a program says of a customer; None leaves a value as it is."""

    name: str | None = None
    profile_type: str | None = None
    language: str | None = None
    country: str | None = None
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    external_id: str = ""


@transactions.retried
def register_customer(
    details: Details, *, actor: Actor, now: datetime, request: str = "", watch: bool = False,
    accepted: Accepted | None = None,
) -> tuple[UUID, bool]:  # fmt: skip
    """The customer's id, and whether it is new: one with this source's id already is answered as
    it stands, unchanged.

    `watch`: refuse somebody who is likely known already (LikelyDuplicate), unless `accepted`.
    """
    company = companies.current()
    with transactions.open():
        kind = _profile_type(details.profile_type or customers.PERSON)
        sight = sight_of(actor)
        sight.needs_edit(kind.key, details.attributes)
        new = _checked(details, kind=kind, company=company, now=now, sight=sight)
        if watch:
            find_duplicates.hold_back(new)
        registered = customers.register([new], now=now, today=company.today(now))
        if not registered:
            name = queries.Reference("external", details.external_id, details.source)
            return queries.the_one(name).survivor, False
        (_place, id) = registered[0]
        told = customers.registered_events([id], now=now, source=details.source)
        if watch:
            told += find_duplicates.look_at(id, new, accepted=accepted, actor=actor, now=now)
        told += _identified(id, new.identities, now=now)
        events.emit(told, actor=actor, now=now, request=request)
    return id, True


@transactions.retried
def change_customer(
    customer_id: UUID, details: Details, *, version: int | None, actor: Actor, now: datetime,
    request: str = "",
) -> list[str]:  # fmt: skip
    """Change what is given and add the identities named; the names of the fields changed.

    `version` is what the caller read: ChangedMeanwhile when somebody was faster.
    """
    company = companies.current()
    with transactions.open():
        with acting(actor):
            customer = queries.get(customer_id)
        sight = sight_of(actor)
        sight.needs_edit(customer.profile_type.key, details.attributes)
        is_stale = version is not None and customer.version != version
        if is_stale or customer.merged_into is not None:  # merged since the address was resolved
            raise customers.ChangedMeanwhile(version=customer.version)
        before = _state(customer)
        after = _changed(customer, details, company=company, now=now, sight=sight)
        changed = customers.change(
            [after], before={customer.id: before}, actor=actor, now=now, request=request
        )
        if not changed and after != before:
            raise customers.ChangedMeanwhile
        identities = _identities(details, company=company, country=after.country)
        added = customers.identify([(customer.id, one) for one in identities], now=now)
        told = [
            Happening("customer.changed", now, customer.id, customer.public_id, {"fields": fields})
            for _id, fields in changed
        ]
        told += _identified(customer.id, identities if added else (), now=now)
        events.emit(told, actor=actor, now=now, request=request)
    return changed[0][1] if changed else []


@transactions.retried
def withdraw_identity(
    customer_id: UUID, identity_id: UUID, *, actor: Actor, now: datetime, request: str = ""
) -> None:
    """Take an identity off a customer; one that is gone already changes nothing."""
    with transactions.open():
        customer = queries.get(customer_id)
        gone = customers.withdraw_identity(customer=customer, identity_id=identity_id, now=now)
        if gone is not None:
            told = Happening("identity.withdrawn", now, customer.id, customer.public_id,
                             {"kind": gone.kind})  # fmt: skip
            events.emit([told], actor=actor, now=now, request=request)


def _profile_type(key: str) -> ProfileType:
    kind = queries.profile_types().get(key)
    if kind is None:
        raise InvalidInput(f"There is no profile type {key}.", field="type")
    if kind.retired_at is not None:
        raise InvalidInput(f"The profile type {key} takes no new customers.", field="type")
    return kind


def _checked(
    details: Details, *, kind: ProfileType, company: Company, now: datetime, sight: Sight
) -> NewCustomer:
    faults: list[dict[str, Any]] = []
    name = _name(details.name, faults)
    language = _language(details.language, faults)
    country = _country(details.country, faults)
    attributes = _attributes(
        details, kind=kind, before=None, company=company, now=now, faults=faults, sight=sight
    )
    _refuse(faults)
    return NewCustomer(
        name=name, profile_type=kind.key, language=language, country=country,
        source=details.source, external_id=details.external_id, attributes=attributes,
        identities=_identities(details, company=company, country=country), id=ids.uuid7(),
    )  # fmt: skip


def _state(customer: Customer) -> CustomerChange:
    return CustomerChange(
        id=customer.id, version=customer.version, name=customer.display_name,
        language=customer.language, country=customer.country, attributes=customer.attributes,
    )  # fmt: skip


def _changed(
    customer: Customer, details: Details, *, company: Company, now: datetime, sight: Sight
) -> CustomerChange:
    faults: list[dict[str, Any]] = []
    name = customer.display_name if details.name is None else _name(details.name, faults)
    language = (
        customer.language if details.language is None else _language(details.language, faults)
    )
    country = customer.country if details.country is None else _country(details.country, faults)
    attributes = _attributes(
        details, kind=customer.profile_type, before=customer, company=company, now=now,
        faults=faults, sight=sight,
    )  # fmt: skip
    _refuse(faults)
    return CustomerChange(customer.id, customer.version, name, language, country, attributes)


def _name(given: str | None, faults: list[dict[str, Any]]) -> str:
    try:
        name = text.clean(given or "")
    except ValueError:
        name = ""
    if not name or len(name) > NAME_LENGTH_MAX:
        words = _("Give a name of 1 to %(max)d signs.") % {"max": NAME_LENGTH_MAX}
        faults.append(_fault("name", "missing" if not name else "too-long", words))
    elif cards.holds(name):
        faults.append(_fault("name", "payment-card", str(SENTENCES["payment-card"])))
    return name


def _language(given: str | None, faults: list[dict[str, Any]]) -> str:
    language = (given or "").strip().casefold()
    if language and language not in dict(settings.LANGUAGES):
        faults.append(_fault("language", "unknown-language", _("Use en, es or lv.")))
    return language


def _country(given: str | None, faults: list[dict[str, Any]]) -> str:
    country = (given or "").strip().upper()
    if country and country not in countries.COUNTRIES:
        faults.append(
            _fault(
                "country", "unknown-country", _("Use a country code of two letters, such as LV.")
            )
        )
    return country


def _attributes(
    details: Details, *, kind: ProfileType, before: Customer | None, company: Company,
    now: datetime, faults: list[dict[str, Any]], sight: Sight,
) -> dict[str, Any]:  # fmt: skip
    """The whole attributes after the write; an empty value takes one away. What is needed is asked
    for when a record is made, and when its attributes are touched; what is missing in a field that
    this actor cannot fill is left for somebody who can.
    """
    known = queries.definitions(kind)
    state, found = rules.check(
        known, details.attributes,
        previous=before.attributes if before else None, today=company.today(now), now=now,
        zone=company.zone, is_new=before is None,
        complete=before is None or bool(details.attributes),
    )  # fmt: skip
    found = rules.told_to(found, known, partial(sight.shows, kind.key))
    wrong = [one for one in found if sight.edits(kind.key, one.field)]
    record = (before.id if before else None, kind.pk, state)
    held = marked.taken([record], marked.marked()) if not wrong else {}
    wrong += [one for one in held.get(0, []) if sight.edits(kind.key, one.field)]
    faults += as_faults(wrong, "attributes")
    return state


def _identities(details: Details, *, company: Company, country: str) -> tuple[IdentityValue, ...]:
    found = []
    for place, number in enumerate(details.phones):
        try:
            phone = phones.normal(number, country or company.country or None)
        except phones.BadPhone:
            raise InvalidInput(
                _("This is not a phone number that can be called."), field=f"phones.{place}"
            ) from None
        found.append(IdentityValue("phone", phone.e164, phone.shown))
    for place, address in enumerate(details.emails):
        try:
            normal, shown = emails.normal(address)
        except emails.BadEmail:
            raise InvalidInput(
                _("This is not an e-mail address."), field=f"emails.{place}"
            ) from None
        found.append(IdentityValue("email", normal, shown))
    return tuple(found)


def _identified(id: UUID, identities: Sequence[IdentityValue], *, now: datetime) -> list[Happening]:
    subject = ids.public("cus", id)
    return [
        Happening("identity.added", now, id, subject, {"kind": identity.kind})
        for identity in identities
    ]


def _fault(field_name: str, code: str, sentence: str) -> dict[str, Any]:
    return {"field": field_name, "code": code, "detail": sentence}


def _refuse(faults: list[dict[str, Any]]) -> None:
    if faults:
        raise InvalidProfile(faults[0]["detail"], field=faults[0]["field"], faults=faults)
