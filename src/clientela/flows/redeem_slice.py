"""Rewards for many customers in one transaction: who gets what is counted under their locks."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from clientela.events.actions import Happening
from clientela.flows import redeem_reward
from clientela.flows.redeem_reward import Outcome, Wanted, body_hash
from clientela.flows.told_points import expired_happenings
from clientela.flows.told_rewards import got_happenings
from clientela.loyalty.actions import lives, redeeming
from clientela.loyalty.actions import redeeming_many as many
from clientela.loyalty.actions.coupons import PoolEmpty
from clientela.loyalty.actions.redeeming import Redeemed
from clientela.loyalty.actions.redeeming_many import Booking, Left, Name, Usable
from clientela.loyalty.models import Coupon, Currency, Redemption, Reward
from clientela.loyalty.rules import codes
from clientela.loyalty.rules.lives import Life
from clientela.loyalty.rules.rewards import Quote
from clientela.platform import ids
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.staff import company as companies

NO_TIERS: frozenset[int] = frozenset()


@dataclass(slots=True)
class Passed:
    """A row whose customer and reward are known."""

    place: int
    wanted: Wanted
    reward: Reward
    family: Sequence[UUID]
    _content: bytes = b""

    @property
    def name(self) -> Name:
        return self.wanted.source, self.wanted.reference

    @property
    def asked(self) -> tuple[UUID, int]:
        return self.family[0], self.reward.currency_id

    def content(self, whose: UUID | None = None) -> bytes:
        """What tells whether the same is asked again, by `whose` record if not the survivor's."""
        if whose is not None and whose != self.family[0]:
            return body_hash(self.wanted, self.reward, whose)
        self._content = self._content or body_hash(self.wanted, self.reward, self.family[0])
        return self._content


@dataclass(frozen=True, slots=True)
class Taken:
    """One that is booked: priced, and counted on what is there."""

    row: Passed
    quote: Quote
    redemption_id: UUID
    content: bytes
    balance: int


@dataclass(frozen=True, slots=True)
class Redeeming:
    """What became of rows by their place, and what happened."""

    made: dict[int, Outcome] = field(default_factory=dict)
    refused: dict[int, Problem] = field(default_factory=dict)
    told: list[Happening] = field(default_factory=list)


@needs_transaction
def redeem(claimed: Mapping[UUID, Passed], *, actor: Actor, now: datetime) -> Redeeming:
    """Book what is covered, each under the id it has here, with the accounts of all locked; who is
    refused loses the name that was claimed.
    """
    done = Redeeming()
    if not claimed:
        return done
    rows = list(claimed.values())
    records = {id: None for row in rows for id in row.family}
    turns = lives.settle(sorted(records), actor=actor, now=now)
    taken = list(_decided(claimed, done.refused, now=now))
    many.give_up([row.name for row in rows if row.place in done.refused])
    ends = _ends(taken, now=now)
    bookings = [_booking(one, ends[one.row.reward.id]) for one in taken]
    postings = many.book(
        bookings, {row.reward.id: row.reward for row in rows}, actor=actor, now=now
    )
    _live_on(taken, actor=actor, now=now)
    done.told.extend(expired_happenings(turns))
    for one, booking, posting in zip(taken, bookings, postings, strict=True):
        outcome = _outcome(one, booking, actor=actor, now=now)
        booked = Redeemed(outcome.redemption, one.balance, posting)
        done.told.extend(got_happenings(outcome, booked))
        done.made[one.row.place] = outcome
    return done


def _decided(
    claimed: Mapping[UUID, Passed], refusals: dict[int, Problem], *, now: datetime
) -> Iterator[Taken]:
    """Who gets what, each in the order of the batch, counting down what is there; the others are
    refused.
    """
    counted = _Counted.of(list(claimed.values()), now=now)
    company, tiers = companies.current(), _tiers(claimed.values())
    prices: dict[tuple[UUID, int | None, frozenset[int]], Quote | Problem] = {}
    for id, row in claimed.items():
        theirs = NO_TIERS
        if tiers:
            theirs = theirs.union(*(tiers.get(record, ()) for record in row.family))
        key = row.reward.id, row.wanted.points, theirs
        if key not in prices:
            try:
                prices[key] = redeem_reward.price(
                    row.wanted, row.reward, theirs, is_meant=True, company=company, now=now
                )
            except Problem as problem:
                prices[key] = problem
        quoted = prices[key]
        if isinstance(quoted, Problem):
            refusals[row.place] = quoted
        elif (refused := counted.take(row, quoted.points)) is not None:
            refusals[row.place] = refused
        else:
            yield Taken(row, quoted, id, row.content(), counted.balance(row))


def _tiers(rows: Collection[Passed]) -> dict[UUID, set[int]]:
    """The tiers of those whose reward costs by tier."""
    listed = {row.reward.id: row.reward for row in rows}
    by_tier = {
        id for id, reward in listed.items()
        if any(price.tier_id is not None for price in reward.prices.all())
    }  # fmt: skip
    asked = {id for row in rows if row.reward.id in by_tier for id in row.family}
    return many.tiers_of(asked) if asked else {}


@dataclass(slots=True)
class _Counted:
    """What is there under the locks, counted down row by row."""

    usable: dict[tuple[UUID, int], Usable]
    left: Left
    had: Counter[tuple[UUID, UUID]]
    used: Counter[tuple[UUID, int]] = field(default_factory=Counter)
    gone: Counter[Hashable] = field(default_factory=Counter)

    @classmethod
    def of(cls, rows: Sequence[Passed], *, now: datetime) -> _Counted:
        limited = {
            (row.family[0], row.reward.id): row.family
            for row in rows if row.reward.member_max is not None
        }  # fmt: skip
        return cls(
            many.usable({row.asked: row.family for row in rows}, now=now),
            many.left({row.reward.id: row.reward for row in rows}.values()),
            many.times_had(limited),
        )

    def balance(self, row: Passed) -> int:
        found = self.usable.get(row.asked)
        return (found.points if found else 0) - self.used[row.asked]

    def take(self, row: Passed, points: int) -> Problem | None:
        """Count one; what is against it, in the order in which one alone is asked."""
        reward, had = row.reward, (row.family[0], row.reward.id)
        outcome = "done"
        if points > self.balance(row):
            outcome = "not-enough-points"
        elif reward.member_max is not None and self.had[had] >= reward.member_max:
            outcome = "limit-reached"
        elif self._is_gone(self.left.rewards, reward.id):
            outcome = "reward-sold-out"
        elif self._is_gone(self.left.pools, reward.pool_id):
            return PoolEmpty(field="reward")
        if outcome != "done":
            found = self.usable.get(row.asked)
            ends = found.next_expiry if found else None
            return redeeming.refusal(outcome, points, self.balance(row), ends)
        self.used[row.asked] += points
        self.had[had] += 1
        self.gone[reward.id] += 1
        self.gone[reward.pool_id or 0] += 1
        return None

    def _is_gone(self, left: Mapping[Any, int], id: Hashable) -> bool:
        return id in left and self.gone[id] >= left[id]


def _ends(taken: Iterable[Taken], *, now: datetime) -> dict[UUID, datetime]:
    """When coupons of each reward end."""
    ends: dict[UUID, datetime] = {}
    for reward in {one.row.reward.id: one.row.reward for one in taken}.values():
        assert reward.pool is not None
        over = Life(days=reward.pool.valid_days).expires_at(now, companies.current().zone)
        assert over is not None
        ends[reward.id] = over
    return ends


def _booking(one: Taken, ends: datetime) -> Booking:
    row, reward, quote = one.row, one.row.reward, one.quote
    number = codes.drawn(secrets.token_bytes)
    minor = None if reward.money_minor is None else reward.money_minor * quote.blocks
    return Booking(
        row.family[0], many.aliases_of(row.family), reward.currency_id, quote.points,
        one.redemption_id, reward.id, one.content, minor, quote.minor, ids.uuid7(),
        codes.shown(number), number, minor if reward.kind == Reward.Kind.MONEY_OFF else None, ends,
        row.wanted.channel,
    )  # fmt: skip


def _outcome(one: Taken, booking: Booking, *, actor: Actor, now: datetime) -> Outcome:
    """As it was written, without asking again."""
    row, reward = one.row, one.row.reward
    pool = reward.pool
    assert pool is not None
    made = Redemption(
        id=one.redemption_id, customer_id=row.family[0], reward_id=reward.id, kind=reward.kind,
        currency_id=reward.currency_id, points=one.quote.points, labels=reward.labels,
        terms=reward.terms, actor=actor.id, channel=row.wanted.channel, redeemed_at=now,
        due_minor=one.quote.minor, due_code=reward.price_code if one.quote.minor else "",
    )  # fmt: skip
    Redemption._meta.get_field("reward").set_cached_value(made, reward)
    coupon = Coupon(
        id=booking.coupon_id, customer_id=row.family[0], pool_id=pool.id, redemption_id=made.id,
        number=booking.number, percent=pool.percent,
        minor=pool.minor if booking.worth_minor is None else booking.worth_minor,
        money_code=pool.money_code, most_minor=pool.most_minor, least_minor=pool.least_minor,
        issued_at=now, expires_at=booking.expires_at,
    )  # fmt: skip
    Coupon._meta.get_field("redemption").set_cached_value(coupon, made)
    return Outcome(made, one.balance, coupon)


def _live_on(taken: Sequence[Taken], *, actor: Actor, now: datetime) -> None:
    """Points of those who were active live on, where redeeming is activity."""
    extended: dict[int, tuple[Currency, dict[UUID, datetime]]] = {}
    for one in taken:
        currency = one.row.reward.currency
        if currency.activity_extends == Currency.Extends.EARN_AND_REDEEM:
            active = extended.setdefault(currency.id, (currency, {}))[1]
            active.update(dict.fromkeys(one.row.family, now))
    for currency, active in extended.values():
        lives.live_on(active, living=lives.living_of(currency), actor=actor, now=now)
