"""Points are set aside for an order elsewhere: settled once, in whole or in part, or free again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import OuterRef, Subquery

from clientela.customers import queries as customers
from clientela.customers.sight import seen
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import share_points
from clientela.flows.record_events import KEY_LENGTH_MAX
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import holding, lives, occasions
from clientela.loyalty.actions.holding import PURPOSE, NoSuchHold
from clientela.loyalty.actions.occasions import HOLD, Claim
from clientela.loyalty.actions.redeeming import HoldHasEnded
from clientela.loyalty.models import GrantKey, Hold, HoldEnd
from clientela.loyalty.queries import granting, rewards
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.purchases.actions import ReferenceTaken

DAYS_MAX = 30
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """`minutes` it is held at most; `source` and `reference` name it, so that it is held once."""

    customer: customers.Reference
    points: int
    minutes: int
    currency: str = ""
    source: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """`balance`: what can be used now; `end` where it has ended, `used` what was used then."""

    hold: Hold
    balance: int
    end: HoldEnd | None = None
    used: int = 0
    replayed: bool = False

    def state(self, now: datetime) -> str:
        """open, settled, released or timed_out; over by time also before anybody swept it."""
        if self.end is not None:
            return str(HoldEnd.Kind(self.end.kind))
        return "open" if _is_open(self.hold, now) else str(HoldEnd.Kind.TIMED_OUT)


@transactions.retried
def hold_points(wanted: Wanted, *, actor: Actor, now: datetime, request: str = "") -> Held:
    """The same source and reference again: the same hold. NotEnoughPoints."""
    _check(wanted)
    with transactions.open():
        customer = customers.the_one(wanted.customer).survivor
        family = customers.family_of(customer)
        currency = granting.currency(wanted.currency)
        (id,) = ids.uuid7s(1)
        if before := _claimed(wanted, customer, id):
            return _told(before, now=now, replayed=True)
        turns, sharing = share_points.settled(family, currency_id=currency.id, actor=actor, now=now)
        balance = holding.place(
            family, wanted.points, id=id, currency_id=currency.id, sharing=sharing,
            expires_at=now + timedelta(minutes=wanted.minutes), actor=actor, now=now,
        )  # fmt: skip
        hold = find(id)
        told = _happening("points.held", hold, wanted.points, now)
        events.emit([*expired_happenings(turns), told], actor=actor, now=now, request=request)
    return Held(hold, balance)


@transactions.retried
def settle_hold(
    hold_id: UUID, points: int | None, *, actor: Actor, now: datetime, request: str = ""
) -> Held:
    """Use all of it, or so many: the rest is free again. HoldHasEnded, also after its time."""
    with transactions.open():
        hold = find(hold_id)
        wanted = hold.amount if points is None else points
        if not 0 < wanted <= hold.amount:
            raise InvalidInput(f"Use from 1 to {hold.amount} points of it.", field="points")
        if not _is_open(hold, now):
            raise HoldHasEnded("Its time is over: the points are free.")
        _end(hold, HoldEnd.Kind.SETTLED, wanted, actor=actor, now=now, request=request)
        return _told(hold, now=now)


@transactions.retried
def release_hold(hold_id: UUID, *, actor: Actor, now: datetime, request: str = "") -> Held:
    with transactions.open():
        hold = find(hold_id)
        _end(hold, HoldEnd.Kind.RELEASED, 0, actor=actor, now=now, request=request)
        return _told(hold, now=now)


def time_out_holds(*, actor: Actor, now: datetime) -> int:
    """Free what nobody settled in its time; each hold on its own."""
    over = Hold.objects.filter(expires_at__lte=now, purpose=PURPOSE, ends=None)
    done = 0
    for id in over.order_by("expires_at").values_list("id", flat=True)[:AT_ONCE]:
        done += _timed_out(id, actor=actor, now=now)
    return done


@transactions.retried
def _timed_out(hold_id: UUID, *, actor: Actor, now: datetime) -> int:
    try:
        with transactions.open():
            hold = Hold.objects.select_related("currency").get(id=hold_id)
            _end(hold, HoldEnd.Kind.TIMED_OUT, 0, actor=actor, now=now)
    except HoldHasEnded:  # somebody was quicker
        return 0
    return 1


def read(hold_id: UUID, *, now: datetime) -> Held:
    return _told(find(hold_id), now=now)


@dataclass(frozen=True, slots=True)
class Open:
    """A hold that nobody settled yet; `source` and `reference` are the order's own."""

    hold: Hold
    source: str
    reference: str


def open_holds(
    *, now: datetime, family: Sequence[UUID] | None = None, after: UUID | None = None,
    limit: int = 50,
) -> list[Open]:  # fmt: skip
    """Of customers whoever acts may see, in the order in which they were placed; of one customer
    where the family is said.
    """
    rows = seen(Hold.objects.select_related("currency").filter(
        purpose=PURPOSE, ends=None, expires_at__gt=now
    ))  # fmt: skip
    if family is not None:
        rows = rows.filter(customer_id__in=list(family))
    if after is not None:
        rows = rows.filter(id__gt=after)
    keys = GrantKey.objects.filter(
        kind=HOLD, customer_id=OuterRef("customer_id"), row_id=OuterRef("id")
    )
    named = rows.annotate(
        named_by=Subquery(keys.values("source")[:1]), named=Subquery(keys.values("key")[:1])
    )
    return [Open(one, one.named_by or "", one.named or "") for one in named.order_by("id")[:limit]]


def find(hold_id: UUID) -> Hold:
    """One that an order elsewhere placed, of a customer whoever acts may see."""
    found = seen(
        Hold.objects.select_related("currency").filter(id=hold_id, purpose=PURPOSE)
    ).first()
    if found is None:
        raise NoSuchHold
    return found


def _check(wanted: Wanted) -> None:
    if not 0 < wanted.points <= 10**12:
        raise InvalidInput("Hold a whole number of points above 0.", field="points")
    if not 0 < wanted.minutes <= DAYS_MAX * 24 * 60:
        raise InvalidInput(f"Points are held for {DAYS_MAX} days at most.", field="minutes")


def _claimed(wanted: Wanted, customer: UUID, id: UUID) -> Hold | None:
    """The first one, where this source has named it before."""
    if not wanted.reference:
        return None
    if not wanted.source or len(wanted.source + wanted.reference) > KEY_LENGTH_MAX:
        raise InvalidInput("A reference needs its source; both are short.", field="reference")
    said = [customer.hex, wanted.points, wanted.minutes, wanted.currency]
    content = hashlib.sha256(json.dumps(said).encode()).digest()[:16]
    name = (wanted.source, wanted.reference)
    taken, known = occasions.claim([Claim(*name, HOLD, customer, id, content)])
    if name in taken:
        return None
    before = known[name]
    if before.kind != HOLD or before.body_hash != content:
        raise ReferenceTaken(
            f"{wanted.source} {wanted.reference} is booked with other content.", field="reference"
        )
    return find(before.row_id)


def _end(
    hold: Hold, kind: HoldEnd.Kind, points: int, *, actor: Actor, now: datetime, request: str = ""
) -> None:
    posting, accounts = holding.end(hold, kind, points, actor=actor, now=now)
    told = []
    if points:
        told.append(_happening("points.redeemed", hold, points, now, posting=f"pos_{posting}"))
    if points < hold.amount:
        told.append(_happening("points.released", hold, hold.amount - points, now))
    expired = lives.expire_now(accounts, actor=actor, now=now)
    events.emit([*told, *expired_happenings(expired)], actor=actor, now=now, request=request)


def _told(hold: Hold, *, now: datetime, replayed: bool = False) -> Held:
    family = customers.family_of(hold.customer_id)
    balance = rewards.available_to(family, now=now).get(hold.currency_id, 0)
    end = HoldEnd.objects.filter(customer_id=hold.customer_id, hold=hold).first()
    return Held(hold, balance, end, holding.used_of(hold) if end else 0, replayed)


def _is_open(hold: Hold, now: datetime) -> bool:
    return hold.expires_at is None or now < hold.expires_at


def _happening(name: str, hold: Hold, points: int, now: datetime, **more: str) -> Happening:
    data = {"points": points, "currency": hold.currency.code, **more}
    return Happening(name, now, hold.customer_id, ids.public("hld", hold.id), data)
