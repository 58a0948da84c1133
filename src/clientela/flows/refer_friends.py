"""A customer brings a friend: noted with its checks, paid to either or both, taken back with the
purchase it was paid for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
from clientela.loyalty.rules.referrals import Terms
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM, Actor, acting
from clientela.purchases import queries as purchases
from clientela.purchases.actions import Fresh, GivenBack
from clientela.purchases.models import Purchase

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
    bought = [
        one for one in fresh
        if (_is_owed(one, terms, actor=actor, now=now) if one.purchase.puts_right
            else terms.met_by(one.purchase.total_minor, one.purchase.currency))
    ]  # fmt: skip
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


def _is_owed(one: Fresh, terms: Terms, *, actor: Actor, now: datetime) -> bool:
    """Whether a purchase that puts another right is enough where that was not. What was paid for it
    stays, and goes back where too little is left.
    """
    sale = _Sale.of(purchases.get(one.id))
    is_met = terms.met_by(sale.left_minor, one.purchase.currency)
    if not sale.paid():
        return is_met
    if not is_met and terms.asks_purchase:
        told = sale.take_back(one.id, at=one.purchase.purchased_at, actor=actor, now=now)
        events.emit(told, actor=actor, now=now)
    return False


def after_return(given: GivenBack, *, actor: Actor, now: datetime) -> list[Happening]:
    """What was paid for a purchase goes back on both sides once too little is left of it."""
    terms = referrals.terms()
    if not terms.asks_purchase:
        return []
    sale = _Sale.of(given.purchase)
    if terms.met_by(sale.left_minor, given.purchase.currency):
        return []
    return sale.take_back(given.id, at=given.returned_at, actor=actor, now=now)


@dataclass(frozen=True, slots=True)
class _Sale:
    """A purchase with all that put it right: what a referral may have been paid for."""

    together: Sequence[Purchase]
    family: Sequence[UUID]

    @classmethod
    def of(cls, purchase: Purchase) -> _Sale:
        family = customers.family_of(purchase.customer_id)
        return cls(purchases.put_right(purchase, family=family), family)

    @property
    def left_minor(self) -> int:
        return sum(one.total_minor - one.returned_minor for one in self.together)

    @property
    def keys(self) -> list[str]:
        return [f"{one.id.hex}/{name}" for one in self.together for name in SIDES]

    def paid(self) -> list[UUID]:
        """Who has something for it."""
        return referrals.customers_of(self.keys, source=SOURCE)

    def take_back(
        self, cause: UUID, *, at: datetime, actor: Actor, now: datetime
    ) -> list[Happening]:
        whose = self.paid()
        if not whose:
            return []
        expired = lives.settle(whose, actor=actor, now=now)
        taken = referrals.take_back(
            self.keys, source=SOURCE, reference=f"referral/{cause}", content=cause.bytes,
            happened=at, actor=actor, now=now,
        )  # fmt: skip
        limits.free(customer_ids=whose, postings=[one.back.posting_id for one in taken])
        for one in self.together:
            referrals.reopen(one.id, friend=self.family)
        return [*expired_happenings(expired), *_happenings(taken, at, self.together[-1].id)]


def _happenings(taken: Sequence[Taken], at: datetime, purchase_id: UUID) -> Iterator[Happening]:
    subject = ids.public("pur", purchase_id)
    for customer, back in taken:
        data = {"posting": f"pos_{back.posting_id}", "currency": back.currency}
        if back.points:
            yield Happening("points.reversed", at, customer, subject,
                            {**data, "points": back.points, "debt": back.new_debt})  # fmt: skip
        if back.forgiven:
            yield Happening("points.forgiven", at, customer, subject,
                            {**data, "points": back.forgiven})  # fmt: skip
