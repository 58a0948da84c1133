"""The use of a customer's data is limited by a hold, an objection, a restriction; and set free."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import fold_habits
from clientela.flows.consents import family_of
from clientela.mail import actions as mail
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM, Actor
from clientela.privacy import queries as privacy
from clientela.privacy.actions import limits
from clientela.privacy.actions.limits import NewRestriction
from clientela.privacy.models.rights import Restriction
from clientela.staff import company as companies


@transactions.retried
def restrict(new: NewRestriction, *, actor: Actor, now: datetime, request: str = "") -> Restriction:
    """Set a limit; letters that wait and are against it are stopped in this transaction."""
    today = companies.current().today(now)
    with transactions.open():
        new = replace(new, family=family_of(new.family[0]))
        made = limits.restrict(new, today=today, actor=actor, now=now)
        mail.stop_for(new.family, now=now)
        fold_habits.follow(new.family, now=now)
        told = Happening("customer.restricted", now, made.customer_id, made.public_id,
                         {"kind": made.kind})  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return made


@transactions.retried
def lift(
    restriction_id: UUID, *, reason: str, actor: Actor, now: datetime, request: str = ""
) -> Restriction:
    with transactions.open():
        found = privacy.restriction(restriction_id)
        family = family_of(found.customer_id)
        limits.lift(found, reason=reason, family=family, actor=actor, now=now)
        fold_habits.follow(family, now=now)
        told = Happening("restriction.lifted", now, family[0], found.public_id,
                         {"kind": found.kind})  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return privacy.restriction(restriction_id)


def lift_ended(*, now: datetime) -> int:
    """Lift what had a day that has come; how many."""
    ended = privacy.ended_restrictions(today=companies.current().today(now))
    for one in ended:
        lift(one.id, reason="", actor=SYSTEM, now=now)
    return len(ended)
