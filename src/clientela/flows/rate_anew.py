"""A purchase that came late may have reached a tier before others were bought: these earn what that
tier gives beyond what they earned, where the ladder says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from clientela.customers import queries as customers
from clientela.events.actions import Happening
from clientela.flows import baskets, earning_facts, exchange
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import amending, lives
from clientela.loyalty.actions.earning import Basis
from clientela.loyalty.actions.taking_back import Cause
from clientela.loyalty.models import Standing, Tier, TierSet
from clientela.loyalty.queries import ledger, tiers
from clientela.loyalty.queries.ledger import EarnedBy, Scheme
from clientela.loyalty.rules import tiers as rules
from clientela.loyalty.rules.asking import Answers
from clientela.loyalty.rules.awards import Award
from clientela.loyalty.rules.tiers import Lift
from clientela.platform import periods, transactions
from clientela.platform.http.actors import Actor
from clientela.purchases import queries as purchases
from clientela.purchases.models import Purchase
from clientela.staff import company as companies

SOURCE = "re-rate"
PURCHASES_MAX = 500  # of one customer, from the late one on
INSTANT, LATE = timedelta(microseconds=1), timedelta(days=1)
NONE = UUID(int=0)


def after_purchases(
    bought: Iterable[tuple[UUID, UUID, datetime]], *, ladder: TierSet, actor: Actor, now: datetime
) -> list[Happening]:
    """What customers who bought (customer, purchase, when) earn besides, for it and for what they
    bought after it. What is told in time and is the last they bought rates nothing.
    """
    first: dict[UUID, tuple[datetime, UUID]] = {}
    for customer, purchase, at in bought:
        first[customer] = min(first.get(customer, (at, purchase)), (at, purchase))
    told: list[Happening] = []
    for customer, (at, purchase) in sorted(first.items()):
        later = purchases.bought_from(customer, at, limit=PURCHASES_MAX)
        if len(later) > 1 or at < now - LATE:
            work = _Rating(customer, ladder, Cause(
                purchase, purchase.bytes, at, customers.family_of(customer)
            ), actor, now)  # fmt: skip
            told += work.rate(later)
    return told


@dataclass(frozen=True, slots=True)
class _Reached:
    """A tier, by one purchase, and the time in which it would have been stood on."""

    tier: Tier
    by: UUID
    starts_at: datetime
    ends_at: datetime | None

    def covers(self, purchase: Purchase, *, itself: bool) -> bool:
        if self.by == purchase.id and not itself:
            return False
        at = purchase.purchased_at
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass
class _Rating:
    """One customer on one ladder; `cause`: the purchase that came late."""

    customer_id: UUID
    ladder: TierSet
    cause: Cause
    actor: Actor
    now: datetime
    scheme: Scheme = field(init=False)
    steps: list[Tier] = field(init=False)
    reached: list[_Reached] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scheme = ledger.scheme_of(self.ladder.currency_id)
        self.steps = list(self.ladder.tiers.order_by("threshold"))
        self.terms = tiers.terms_of(self.ladder)
        self.zone = ZoneInfo(self.ladder.currency.programme.time_zone)
        came = tiers.came_on([self.customer_id])
        self.came = came.get(self.customer_id, rules.NOBODYS_DAY)

    def rate(self, later: Iterable[Purchase]) -> Iterator[Happening]:
        """In the order in which they were bought: what is earned besides may reach a tier too."""
        itself = self.ladder.crossing == TierSet.Crossing.AFTER
        self._reach(NONE, self.cause.happened_at)
        for purchase in later:
            if itself:
                self._reach(purchase.id, purchase.purchased_at + INSTANT)
            due = max(
                (one.tier for one in self.reached if one.covers(purchase, itself=itself)),
                key=lambda tier: tier.threshold, default=None,
            )  # fmt: skip
            stood = self._stood(purchase)
            if due is not None and (stood is None or due.threshold > stood.threshold):
                yield from self._top_up(purchase, due, stood)
            if not itself:
                self._reach(purchase.id, purchase.purchased_at + INSTANT)
        turns = lives.settle(self.cause.family, actor=self.actor, now=self.now)
        yield from expired_happenings(turns)

    def _reach(self, by: UUID, until: datetime) -> None:
        """The tier that is reached with a purchase, and from when until when that is kept."""
        [figure] = tiers.measured_at(
            [(self.customer_id, until)], ladder=self.ladder, zone=self.zone
        )
        at = until - INSTANT
        tier = next((one for one in reversed(self.steps) if one.threshold <= figure), None)
        if tier is None:
            return
        day = periods.day_of(at, self.zone)
        begins = rules.begins_on(self.terms, day, self.came)
        is_own_period = begins is not None and self.terms.keeps == "end_of_period"
        kept = rules.kept_until(self.terms, begins if is_own_period and begins else day, self.came)
        starts_at = at if begins is None else max(at, periods.local_midnight(begins, self.zone))
        ends_at = None if kept is None else tiers.review_at(self.terms, kept, self.zone)
        self.reached.append(_Reached(tier, by, starts_at, ends_at))

    def _stood(self, purchase: Purchase) -> Tier | None:
        """The tier that was stood on when it was bought, which it did not reach itself."""
        at = purchase.purchased_at
        stood = Standing.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=at), customer_id__in=self.cause.family,
            tier_set=self.ladder, starts_at__lte=at,
        ).exclude(purchase_id=purchase.id)  # fmt: skip
        highest = stood.order_by("-tier__threshold").values_list("tier_id", flat=True).first()
        return next((one for one in self.steps if one.id == highest), None)

    def _lift(self, tier: Tier | None) -> Lift:
        """As if somebody stood on this tier and no other of the ladder."""
        return Lift(
            tier.key.lower() if tier else "", tier.factor_rule_id if tier else None,
            frozenset(one.key.lower() for one in self.steps),
            frozenset(one.factor_rule_id for one in self.steps if one.factor_rule_id is not None),
        )  # fmt: skip

    def _top_up(self, purchase: Purchase, tier: Tier, stood: Tier | None) -> Iterator[Happening]:
        """Only where the tier gives more, of a sale as it was put right last."""
        together = purchases.put_right(purchase, family=self.cause.family)
        basis = self._basis(purchase, together)
        if together[-1].id != purchase.id or not basis.minor:
            return
        several = self._earned(together)
        plain, lifted, answers = transactions.tried(
            self._anew, basis, (self._lift(stood), self._lift(tier)), several
        )
        if lifted.points <= max(plain.points, sum(one.left for one in several)):
            return
        earned, _ = amending.book_difference(
            lifted, basis, several, scheme=self.scheme, cause=self.cause, answers=answers,
            actor=self.actor, now=self.now,
        )  # fmt: skip
        for one in earned:
            data = {"posting": f"pos_{one.posting_id}", "points": one.points,
                    "currency": one.currency}  # fmt: skip
            yield Happening("points.earned", purchase.purchased_at, self.customer_id,
                            purchase.public_id, data)  # fmt: skip

    def _earned(self, together: Iterable[Purchase]) -> list[EarnedBy]:
        found = ledger.earned_by([(one.customer_id, one.id) for one in together])
        mine = (some for some in found if some[0].currency_id == self.scheme.currency_id)
        return next(mine, [])

    def _basis(self, purchase: Purchase, together: list[Purchase]) -> Basis:
        basket = baskets.of_together(together)
        basis = Basis(
            purchase_id=purchase.id, customer_id=self.customer_id,
            occurred_at=purchase.purchased_at, minor=basket.minor, currency=purchase.currency,
            body_hash=self.cause.content, channel=purchase.channel, basket=basket, source=SOURCE,
            key=f"{purchase.id}/{self.cause.id}",
        )  # fmt: skip
        [rated] = exchange.with_rates([basis], [self.scheme])
        return rated

    def _anew(
        self, basis: Basis, lifts: tuple[Lift, Lift], several: list[EarnedBy]
    ) -> tuple[Award, Award, Answers]:
        """What it earns by the tier that was stood on, and by the one that was due."""
        if several:
            amending.give_all_up([several], cause=self.cause, actor=self.actor, now=self.now)
        company, found = companies.current(), list[Award]()
        for one in (amending.lifted(basis, lift) for lift in lifts):
            answers = earning_facts.answers([one], [self.scheme], company=company, now=self.now)
            found.append(transactions.tried(
                amending.anew, one, scheme=self.scheme, answers=answers, now=self.now
            ))  # fmt: skip
        return found[0], found[1], answers
