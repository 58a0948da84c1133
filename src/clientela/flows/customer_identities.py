"""What a customer is found by, added, verified, preferred, shared, bounced, ended from any door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clientela.customers import actions as customers
from clientela.customers import queries
from clientela.customers.actions import IdentityValue
from clientela.customers.identities import actions, rules
from clientela.customers.identities import queries as identities
from clientela.customers.identities.rules import BadIdentity
from clientela.customers.models import Identity
from clientela.customers.queries import Reference
from clientela.customers.sight import IDENTITIES, sight_of
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import one_customer
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

IDENTITIES_MAX = 100
SENTENCES: dict[str, str | Promise] = {
    "unknown-kind": _(
        "Use one of the kinds phone, email, account, card, national-id, login, device."
    ),
    "empty": _("Nothing was given."),
    "too-short": _("This is too short to find anybody by."),
    "too-long": _("This is too long."),
    "not-a-phone": _("This is not a phone number that can be called."),
    "not-an-email": _("This is not an e-mail address."),
    "has-white-space": _("This has no white space in it."),
    "payment-card": _("This is the number of a payment card. Such numbers are not kept here."),
}  # fmt: skip


class BadIdentityValue(InvalidInput):
    code = "bad-identity"
    title = "Nobody can be found by this"


class IdentityTaken(Problem):
    code = "identity-taken"
    status = 409
    title = "This belongs to another customer"


class TooManyIdentities(Problem):
    code = "too-many-identities"
    status = 409
    title = "This customer is found by too many things already"


def normal(kind: str, value: str, *, country: str = "", field: str = "value") -> IdentityValue:
    """A value in the form in which it is looked up; refused with the reason where it is none."""
    country = country or companies.current().country
    try:
        found = rules.normal(kind, value, country=country, key=_key())
    except BadIdentity as bad:
        at = "kind" if bad.reason == "unknown-kind" else field
        raise BadIdentityValue(str(SENTENCES[bad.reason]), field=at, reason=bad.reason) from None
    return IdentityValue(found.kind, found.norm, found.shown)


@transactions.retried
def add(
    customer: Reference | UUID, *, kind: str, value: str, primary: bool = False,
    shared: bool = False, actor: Actor, now: datetime, request: str = "",
) -> tuple[Identity, bool]:  # fmt: skip
    """The identity, and whether it is new; one the customer has already stands as it is."""
    with transactions.open():
        sight_of(actor).needs_edit(IDENTITIES, [kind])
        family = one_customer.locked(customer)
        new = normal(kind, value, country=queries.get(family[0]).country)
        known = _known(family, new)
        if known is not None and known.ended_at is None:
            return known, False
        _refuse_taken(family, new)
        _refuse_too_many(family)
        owner = known.customer_id if known else family[0]
        with transactions.refusing(an_exclusive_identity_has_one_customer=IdentityTaken):
            customers.identify([(owner, new)], now=now)
        identity = Identity.objects.get(customer_id=owner, kind=new.kind, value_norm=new.norm)
        told = [_happening("identity.added", family, identity, now)]
        if primary and actions.make_primary(identity, now=now):
            told.append(_happening("identity.preferred", family, identity, now))
        if shared and actions.share(identity, shared=True):
            told.append(_happening("identity.shared", family, identity, now))
        events.emit(told, actor=actor, now=now, request=request)
    return identity, True


@transactions.retried
def verify(
    customer: Reference | UUID, identity_id: UUID, *, method: str, until: date | None = None,
    actor: Actor, now: datetime, request: str = "",
) -> Identity:  # fmt: skip
    """Somebody made sure that it is the customer's; each time is written down."""
    today = companies.current().today(now)
    with transactions.open():
        family, identity = _locked(customer, identity_id, actor)
        actions.verify(identity, method=method, until=until, actor=actor, now=now, today=today)
        told = _happening("identity.verified", family, identity, now, method=method)
        events.emit([told], actor=actor, now=now, request=request)
    return identity


@transactions.retried
def make_primary(
    customer: Reference | UUID, identity_id: UUID, *, actor: Actor, now: datetime,
    request: str = "",
) -> Identity:  # fmt: skip
    """It is used first of its kind from now on."""
    with transactions.open():
        family, identity = _locked(customer, identity_id, actor)
        if actions.make_primary(identity, now=now):
            told = _happening("identity.preferred", family, identity, now)
            events.emit([told], actor=actor, now=now, request=request)
    return identity


@transactions.retried
def mark(
    customer: Reference | UUID, identity_id: UUID, *, shared: bool | None = None,
    bouncing: bool | None = None, actor: Actor, now: datetime, request: str = "",
) -> Identity:  # fmt: skip
    """Others use it as well, or not; what is sent there comes back, or not. None: as it was."""
    with transactions.open():
        family, identity = _locked(customer, identity_id, actor)
        told = []
        if shared is not None and actions.share(identity, shared=shared):
            name = "identity.shared" if shared else "identity.unshared"
            told.append(_happening(name, family, identity, now))
        if bouncing is not None and actions.bounce(identity, bounced=bouncing, now=now):
            name = "identity.bounced" if bouncing else "identity.recovered"
            told.append(_happening(name, family, identity, now))
        events.emit(told, actor=actor, now=now, request=request)
    return identity


@transactions.retried
def end(
    customer: Reference | UUID, identity_id: UUID, *, actor: Actor, now: datetime,
    request: str = "",
) -> Identity:  # fmt: skip
    """It is the customer's no more; it stays among the former ones and finds nobody."""
    with transactions.open():
        family, identity = _locked(customer, identity_id, actor)
        if actions.end(identity, now=now):
            told = _happening("identity.ended", family, identity, now)
            events.emit([told], actor=actor, now=now, request=request)
    return identity


def _locked(
    customer: Reference | UUID, identity_id: UUID, actor: Actor
) -> tuple[list[UUID], Identity]:
    family = one_customer.locked(customer)
    identity = identities.one(identity_id, family=family)
    sight_of(actor).needs_edit(IDENTITIES, [identity.kind])
    return family, identity


def _known(family: Sequence[UUID], new: IdentityValue) -> Identity | None:
    rows = Identity.objects.filter(customer_id__in=list(family), kind=new.kind, value_norm=new.norm)
    return min(rows, key=lambda row: (row.ended_at is not None, row.customer_id != family[0]),
               default=None)  # fmt: skip


def _refuse_taken(family: Sequence[UUID], new: IdentityValue) -> None:
    if new.kind in rules.EXCLUSIVE:
        others = set(queries.survivors_by(new.kind, new.norm)) - set(family)
        if others:
            raise IdentityTaken(str(_("This belongs to another customer.")), field="value")


def _refuse_too_many(family: Sequence[UUID]) -> None:
    if Identity.objects.filter(customer_id__in=list(family)).count() >= IDENTITIES_MAX:
        raise TooManyIdentities


def _happening(
    name: str, family: Sequence[UUID], identity: Identity, now: datetime, **more: str
) -> Happening:
    data = {"kind": identity.kind, "identity": identity.public_id, **more}
    return Happening(name, now, family[0], ids.public("cus", family[0]), data)


def _key() -> str:
    return f"{settings.SECRET_KEY}:identity"
