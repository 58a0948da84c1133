"""A customer brings a friend: noted with its checks, paid to either or both, taken back with the
purchase it was paid for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.kin.models import Membership
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.record_events import Heard, record_events
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import limits, lives, referrals
from clientela.loyalty.actions.referrals import ReferralNotAllowed, Taken
from clientela.loyalty.models import Referral
from clientela.loyalty.queries.ledger import Scheme
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM, Actor, acting
from clientela.purchases.actions import Fresh, GivenBack

SOURCE = "referral"
SIDES = ("referral", "referred")  # what the referrer and the friend earn by
CONTACTS = ("phone", "email")


@transactions.retried
def refer_friend(
    *, friend: customers.Reference, referrer: customers.Reference, actor: Actor, now: datetime,
    request: str = "",
) -> tuple[Referral, bool]:  # fmt: skip
    """Note who brought whom, once for each friend. ReferralNotAllowed says why not."""
    with transactions.open():
        young = customers.family_of(customers.the_one(friend).survivor)
        old = customers.family_of(customers.the_one(referrer).survivor)
        if why := why_not(young, old):
            raise ReferralNotAllowed(field="referrer", reason=why)
        made, is_new = referrals.note(friend=young, referrer=old, actor=actor, now=now)
        if is_new:
            told = Happening("customer.referred", now, young[0], made.public_id,
                             {"referrer": ids.public("cus", old[0])})  # fmt: skip
            events.emit([told], actor=actor, now=now, request=request)
            if referrals.terms().on == "sign_up":
                _pay(made, None, f"{made.id.hex}", at=now, actor=actor, now=now)
    return made, is_new


def why_not(young: Sequence[UUID], old: Sequence[UUID]) -> str:
    """Why somebody's referral would be of themselves: self, contact, household or payout."""
    if set(young) & set(old):
        return "self"
    with acting(SYSTEM):  # also by what whoever asks may not see
        mine, theirs = (_contacts(family) for family in (young, old))
    if mine & theirs:
        return "contact"
    if _households(young) & _households(old):
        return "household"
    return "payout" if referrals.share_payout(young, old) else ""


def _contacts(family: Sequence[UUID]) -> set[tuple[str, str]]:
    found = customers.identities_of(family)
    return {(one.kind, one.value_norm) for one in found if one.kind in CONTACTS}


def _households(family: Sequence[UUID]) -> set[UUID]:
    rows = Membership.objects.filter(customer_id__in=list(family), ends_on=None)
    return set(rows.values_list("household_id", flat=True))


def after_purchases(
    fresh: Sequence[Fresh], schemes: Iterable[Scheme], *, actor: Actor, now: datetime
) -> None:
    """Pay the referrals that waited for these purchases, in the transaction that recorded them: on
    the first of a friend's, or on every one.
    """
    if not any(scheme.has_referrals for scheme in schemes):
        return
    terms = referrals.terms()
    bought = [one for one in fresh
              if terms.met_by(one.purchase.total_minor, one.purchase.currency)]  # fmt: skip
    if not bought:
        return
    always = terms.on == "every_purchase"
    waiting = {
        one.customer_id: one
        for one in referrals.waiting([it.purchase.customer_id for it in bought], again=always)
    }
    for one in sorted(bought, key=lambda one: (one.purchase.purchased_at, one.place)):
        referral = waiting.get(one.purchase.customer_id)
        if referral is None:
            continue
        _pay(referral, one.id, one.id.hex, at=one.purchase.purchased_at, actor=actor, now=now)
        if not always:
            del waiting[one.purchase.customer_id]


def _pay(
    referral: Referral, purchase_id: UUID | None, key: str, *, at: datetime, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    subject = ids.public("pur", purchase_id) if purchase_id else referral.public_id
    whose = (referral.referrer_id, referral.customer_id)
    record_events(
        [
            Heard(name, SOURCE, f"{key}/{name}", customers.Reference("id", str(customer)), at,
                  subject)
            for name, customer in zip(SIDES, whose, strict=True)
        ],
        actor=actor, now=now,
    )  # fmt: skip
    referrals.paid(referral, purchase_id=purchase_id, now=now)


def after_return(given: GivenBack, *, actor: Actor, now: datetime) -> list[Happening]:
    """What was paid for a purchase goes back on both sides once too little is left of it."""
    terms, purchase = referrals.terms(), given.purchase
    left = purchase.total_minor - purchase.returned_minor
    if not terms.asks_purchase or terms.met_by(left, purchase.currency):
        return []
    keys = [f"{purchase.id.hex}/{name}" for name in SIDES]
    whose = referrals.customers_of(keys, source=SOURCE)
    if not whose:
        return []
    expired = lives.settle(whose, actor=actor, now=now)
    taken = referrals.take_back(
        keys, source=SOURCE, reference=f"referral/{given.id}", content=given.id.bytes,
        happened=given.returned_at, actor=actor, now=now,
    )  # fmt: skip
    limits.free(customer_ids=whose, postings=[one.back.posting_id for one in taken])
    referrals.reopen(purchase.id, friend=customers.family_of(purchase.customer_id))
    return [*expired_happenings(expired), *_happenings(taken, given)]


def _happenings(taken: Sequence[Taken], given: GivenBack) -> Iterator[Happening]:
    subject = ids.public("pur", given.purchase.id)
    for customer, back in taken:
        data = {"posting": f"pos_{back.posting_id}", "currency": back.currency}
        if back.points:
            yield Happening("points.reversed", given.returned_at, customer, subject,
                            {**data, "points": back.points, "debt": back.new_debt})  # fmt: skip
        if back.forgiven:
            yield Happening("points.forgiven", given.returned_at, customer, subject,
                            {**data, "points": back.forgiven})  # fmt: skip
