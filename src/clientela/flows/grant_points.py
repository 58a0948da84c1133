"""Points are given and taken by hand, or by another programme's happening: with a reason, a second
person above a figure, and never by somebody to themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.record_events import KEY_LENGTH_MAX
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import adjusting, granting, lives, occasions
from clientela.loyalty.actions.adjusting import OwnPoints
from clientela.loyalty.actions.granting import Grant
from clientela.loyalty.actions.occasions import ADJUSTMENT, Claim
from clientela.loyalty.models import Adjustment
from clientela.loyalty.queries import granting as reads
from clientela.loyalty.queries import ledger, rewards
from clientela.loyalty.rules.awards import Part
from clientela.platform import emails, ids, periods, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import SYSTEM, Actor, acting
from clientela.purchases.actions import ReferenceTaken
from clientela.staff import company as companies
from clientela.staff import queries as staff

SUBJECT_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a door understood; fewer than 0 points are taken. `source` and `reference` name it."""

    customer: customers.Reference
    points: int
    reason: str
    note: str = ""
    currency: str = ""
    subject: str = ""
    source: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`balance`: what the customer can use now; `replayed`: it was there already."""

    adjustment: Adjustment
    balance: int
    replayed: bool = False


@transactions.retried
def adjust_points(wanted: Wanted, *, actor: Actor, now: datetime, request: str = "") -> Outcome:
    """Give or take points at once, or ask a second person where they are many.

    The same source and reference again: the same answer. OwnPoints, DayLimitReached, TooFewPoints.
    """
    with transactions.open():
        customer = customers.the_one(wanted.customer).survivor
        family = customers.family_of(customer)
        currency = reads.currency(wanted.currency)
        (id,) = ids.uuid7s(1)
        if before := _claimed(wanted, customer, id):
            return Outcome(before, _balance(family, before, now=now), replayed=True)
        refuse_own(family, actor)
        asked = adjusting.ask(
            customer_id=customer, currency=currency, points=wanted.points, reason=wanted.reason,
            note=wanted.note, subject=wanted.subject[:SUBJECT_LENGTH_MAX], actor=actor, now=now,
            day_starts_at=_day_starts_at(now), id=id,
        )  # fmt: skip
        told = (
            [_told("adjustment.requested", asked, now=now)] if asked.is_open
            else _book(asked, family, actor=actor, now=now)
        )  # fmt: skip
        events.emit(told, actor=actor, now=now, request=request)
        return Outcome(asked, _balance(family, asked, now=now))


@transactions.retried
def decide_adjustment(
    adjustment_id: UUID, *, approved: bool, note: str = "", actor: Actor, now: datetime,
    request: str = "",
) -> Outcome:  # fmt: skip
    """A second person gives or takes the points, or refuses. NeedsSecondPerson, AlreadyDecided."""
    with transactions.open():
        asked = adjusting.lock(adjustment_id)
        family = customers.family_of(asked.customer_id)
        refuse_own(family, actor)
        adjusting.decide(asked, approved=approved, note=note, actor=actor, now=now)
        told = (
            _book(asked, family, actor=actor, now=now) if approved
            else [_told("adjustment.refused", asked, now=now)]
        )  # fmt: skip
        events.emit(told, actor=actor, now=now, request=request)
        return Outcome(asked, _balance(family, asked, now=now))


def _claimed(wanted: Wanted, customer: UUID, id: UUID) -> Adjustment | None:
    """The first one, where this source has named it before."""
    if not wanted.reference:
        return None
    if not wanted.source or len(wanted.source + wanted.reference) > KEY_LENGTH_MAX:
        raise InvalidInput("A reference needs its source; both are short.", field="reference")
    said = [customer.hex, wanted.points, wanted.reason, wanted.currency, wanted.subject]
    content = hashlib.sha256(json.dumps(said).encode()).digest()[:16]
    name = (wanted.source, wanted.reference)
    taken, known = occasions.claim([Claim(*name, ADJUSTMENT, customer, id, content)])
    if name in taken:
        return None
    before = known[name]
    if before.kind != ADJUSTMENT or before.body_hash != content:
        raise ReferenceTaken(
            f"{wanted.source} {wanted.reference} is booked with other content.", field="reference"
        )
    return reads.adjustment(before.row_id)


def refuse_own(family: Sequence[UUID], actor: Actor) -> None:
    """Staff who are customers too leave their own points to others: known by their e-mail."""
    email = staff.email_of(actor.id)
    if not email:
        return
    with acting(SYSTEM):  # also where they may not see that record
        known = customers.survivors_by("email", emails.normal(email)[0])
    if set(known) & set(family):
        raise OwnPoints("Let somebody else do this: it is your own record.")


def _book(
    asked: Adjustment, family: Sequence[UUID], *, actor: Actor, now: datetime
) -> list[Happening]:
    """Move the points: what is over is taken first, so that nothing of it is taken again."""
    expired = lives.settle(family, actor=actor, now=now)
    scheme = ledger.scheme_of(asked.currency_id)
    key, content = str(asked.id), asked.id.bytes
    if asked.points > 0:
        grant = Grant(family[0], ADJUSTMENT, key, "grant", now, content,
                      (Part(asked.points, cashable=False),))  # fmt: skip
        (given,) = granting.give([grant], scheme=scheme, actor=actor, now=now)
        posting_id = given.posting_id
    else:
        posting_id = granting.take(
            customer_id=family[0], points=-asked.points, source=ADJUSTMENT, key=key,
            body_hash=content, scheme=scheme, actor=actor, now=now,
        )  # fmt: skip
    adjusting.book(asked, posting_id=posting_id)
    name = "points.granted" if asked.points > 0 else "points.adjusted"
    return [*expired_happenings(expired), _told(name, asked, now=now, posting=f"pos_{posting_id}")]


def _told(name: str, asked: Adjustment, *, now: datetime, **more: str) -> Happening:
    data = {"points": abs(asked.points), "currency": asked.currency.code, "reason": asked.reason,
            "adjustment": asked.public_id, **more}  # fmt: skip
    if asked.subject:
        data["subject"] = asked.subject
    if asked.points < 0:
        data["takes"] = True
    return Happening(name, now, asked.customer_id, asked.subject or asked.public_id, data)


def _balance(family: Sequence[UUID], asked: Adjustment, *, now: datetime) -> int:
    return rewards.available_to(family, now=now).get(asked.currency_id, 0)


def _day_starts_at(now: datetime) -> datetime:
    company = companies.current()
    return periods.local_midnight(company.today(now), company.zone)
