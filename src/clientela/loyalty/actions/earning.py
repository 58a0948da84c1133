"""Every move of points. The ledger is only added to; accounts are locked in order before it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import numpy as np

from clientela.loyalty.actions import limits, waiting
from clientela.loyalty.actions.accounts import Locked, hold_accounts, lock_accounts
from clientela.loyalty.actions.awarded import Lots, looked_at
from clientela.loyalty.actions.promotions import Attributes
from clientela.loyalty.queries import ledger as queries
from clientela.loyalty.queries import tiers
from clientela.loyalty.queries.ledger import Earned
from clientela.loyalty.rules import asking, computing, lives
from clientela.loyalty.rules import earning as rules
from clientela.loyalty.rules.asking import Answers
from clientela.loyalty.rules.awards import Award, Step
from clientela.loyalty.rules.baskets import Basket, counted
from clientela.loyalty.rules.tiers import Lift, multiplying
from clientela.platform import ids, money, sql
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

PART_COLUMNS = (
    "customer_id", "account_id", "debt", "purchase_id", "source", "key", "body_hash",
    "occurred_at", "total", "money_minor", "channel", "steps", "looked_at", "lot_id", "nth",
    "points", "active_at", "is_active", "expires_at", "cashable", "life", "batch_place",
)  # fmt: skip


class PointsAlreadySpent(Problem):
    code = "points-already-spent"
    status = 409
    title = "The points of this purchase are spent already"


class Basis(NamedTuple):
    """What counts of one purchase: `minor` units of `currency`, at `occurred_at`.

    `basket`: the whole of it, where rules ask for more. What is no purchase has a basket with its
    event, no purchase, and is known by `source` and `key`.
    """

    purchase_id: UUID | None
    customer_id: UUID
    occurred_at: datetime
    minor: int
    currency: str
    body_hash: bytes
    channel: str = ""
    basket: Basket | None = None
    source: str = "purchase"
    key: str = ""
    lifts: tuple[Lift, ...] = ()  # tiers that it reaches and earns by
    counted_before: int = 0  # what counts of it by earlier postings

    def seen(self) -> Basket:
        """As rules see it."""
        return self.basket or Basket(
            self.minor, money.exponent_of(self.currency), self.occurred_at, self.currency,
            channel=self.channel,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TakenBack:
    posting_id: int
    currency: str
    points: int
    new_debt: int
    forgiven: int
    balance: int


@needs_transaction
def earn_for(
    batch: Sequence[Basis], *, actor: Actor, now: datetime,
    schemes: Sequence[queries.Scheme] | None = None, answers: Answers = asking.NONE,
) -> list[Earned]:  # fmt: skip
    """Book what new purchases and events earn, in every currency; each earns once.

    What earns nothing gets no posting and is not in the answer. `schemes`: where they were read
    already; `answers`: what conditions of rules ask from outside.
    """
    if schemes is None:
        schemes = queries.schemes() if batch else []
    earned: list[Earned] = []
    for scheme in schemes:
        short = None if scheme.has_limits else scheme.plain()
        if short is None or _is_foreign(batch, scheme.terms.home):
            awards = awarded(batch, scheme=scheme, now=now, answers=answers)
            earned += book(awards, batch, scheme=scheme, actor=actor, now=now, answers=answers)
        else:
            earned += _earn_plainly(batch, short, scheme=scheme, actor=actor, now=now)
    return earned


def _is_foreign(batch: Sequence[Basis], home: str) -> bool:
    """Whether some of it is not in the money of the points."""
    return bool(home) and not {basis.currency for basis in batch} <= {"", home}


@needs_transaction
def awarded(
    batch: Sequence[Basis], *, scheme: queries.Scheme, now: datetime,
    answers: Answers = asking.NONE,
) -> list[Award]:  # fmt: skip
    """What each of the batch gives within its limits, whose counters are moved by it."""
    awards = computed(batch, scheme=scheme, answers=answers)
    if not scheme.has_limits:
        return awards
    return limits.within(awards, scheme=scheme, now=now, attributes=attributes_of(batch))


def computed(
    batch: Sequence[Basis], *, scheme: queries.Scheme, answers: Answers = asking.NONE
) -> list[Award]:
    """What each of the batch gives in one currency, by all of its rules; those that give nothing
    are among them, with their refusals and without parts.
    """
    given = computing.compute(
        [basis.seen() for basis in batch], scheme.rules, terms=scheme.terms, answers=answers,
        standing=_standing(batch, scheme),
    )  # fmt: skip
    awards = [
        Award(place, basis.customer_id, basis.occurred_at, one.parts, one.steps, one.refusals)
        for place, (basis, one) in enumerate(zip(batch, given, strict=True))
    ]
    return (
        tiers.with_lives(
            awards, currency_id=scheme.currency_id, lifts=[basis.lifts for basis in batch]
        )
        if scheme.has_tier_lives
        else awards
    )


def attributes_of(batch: Sequence[Basis]) -> Attributes:
    """Where something was earned, for budgets of their own."""

    def of(award: Award) -> Mapping[str, str]:
        basis = batch[award.place]
        return {"channel": basis.channel, "place": basis.basket.place if basis.basket else ""}

    return of


def _earn_plainly(
    batch: Sequence[Basis], short: Sequence[rules.Published], *, scheme: queries.Scheme,
    actor: Actor, now: datetime,
) -> list[Earned]:  # fmt: skip
    points, steps = rules.points_for(
        minors=[basis.minor for basis in batch],
        exponents=[money.exponent_of(basis.currency) for basis in batch],
        occurred_at=[basis.occurred_at for basis in batch],
        rules=short,
        rounding=scheme.terms.rounding,
        standing=_standing(batch, scheme),
    )
    giving = np.flatnonzero(points).tolist()
    return _book(
        [batch[place] for place in giving], points[giving].tolist(),
        [_road([*scheme.terms.marks, *steps[place]]) for place in giving], scheme=scheme,
        actor=actor, now=now,
    )  # fmt: skip


def _standing(batch: Sequence[Basis], scheme: queries.Scheme) -> dict[int, list[int]]:
    """For each rule of a tier, the purchases of whoever stood on it at the time."""
    if not scheme.has_factors:
        return {}
    found = tiers.factors_at(
        [(basis.customer_id, basis.occurred_at) for basis in batch], currency_id=scheme.currency_id
    )
    if not (scheme.has_crossings or any(basis.lifts for basis in batch[:1])):
        return found
    return multiplying(found, {place: basis.lifts for place, basis in enumerate(batch)})


def _book(
    giving: Sequence[Basis], points: Sequence[int], roads: Sequence[str], *,
    scheme: queries.Scheme, actor: Actor, now: datetime,
) -> list[Earned]:  # fmt: skip
    """Book points of purchases, column by column: this is where a full batch goes through."""
    if not giving:
        return []
    customers = [basis.customer_id for basis in giving]
    hold_accounts(set(customers), scheme=scheme)
    instants = [basis.occurred_at for basis in giving]
    ends = lives.ends_of(scheme.life, instants, scheme.zone)
    posted = sql.statement("loyalty", "earn").rows(
        size=len(giving), currency_id=scheme.currency_id, version=scheme.ladders_version,
        actor=actor.id, now=now, days=ends.starts_at, expires_at=ends.expires_at,
        due_at=now if scheme.life.ends else None, customer_id=customers,
        lot_id=ids.uuid7s(len(giving)),
        purchase_id=[basis.purchase_id for basis in giving],
        body_hash=[basis.body_hash for basis in giving], occurred_at=instants, points=points,
        money_minor=[basis.minor for basis in giving],
        channel=[basis.channel for basis in giving], steps=roads,
    )  # fmt: skip
    return [
        Earned(giving[nth - 1].purchase_id, posting, scheme.code, points[nth - 1], balance,
               is_near=is_near)
        for nth, posting, balance, is_near in posted
    ]  # fmt: skip


@needs_transaction
def book(
    awards: Sequence[Award], batch: Sequence[Basis], *, scheme: queries.Scheme, actor: Actor,
    now: datetime, answers: Answers = asking.NONE,
) -> list[Earned]:  # fmt: skip
    """Book awards: a posting for each that gives something, a lot for each of its parts. Debt is
    paid by what can be used at once.
    """
    giving = [award for award in awards if award.points]
    if not giving:
        return []
    accounts = lock_accounts({award.customer_id for award in giving}, scheme=scheme, now=now)
    lots = Lots(scheme, now)
    shapes = {rule.version_id: rule for rule in scheme.rules}
    made = [
        (award, nth, lot) for award in giving
        for nth, lot in enumerate(ids.uuid7s(len(award.parts)), start=1)
    ]  # fmt: skip
    rows = [
        (*_posting_row(award, batch[award.place], accounts[award.customer_id], scheme),
         looked_at(award, shapes, answers), lot, *lots.row(award, nth), award.place)
        for award, nth, lot in made
    ]  # fmt: skip
    booked = sql.statement("loyalty", "earn_parts").rows(
        size=len(rows), currency_id=scheme.currency_id, version=scheme.ladders_version,
        actor=actor.id, now=now, **sql.columns(rows, PART_COLUMNS),
    )  # fmt: skip
    posted = {place: (posting, is_near) for place, posting, is_near in booked}
    waiting.wait(
        [
            waiting.Waiting(award.customer_id, lot, waits, batch[award.place].purchase_id,
                            part.life or scheme.life)
            for award, nth, lot in made if award.place in posted
            if (waits := (part := award.parts[nth - 1]).waits or scheme.waits) and waits.event
        ],
        now=now,
    )  # fmt: skip
    return _told(giving, batch, posted, accounts, lots)


def _posting_row(
    award: Award, basis: Basis, account: Locked, scheme: queries.Scheme
) -> tuple[object, ...]:  # fmt: skip
    key = basis.key or str(basis.purchase_id)
    money_minor = None
    if basis.purchase_id is not None:
        money_minor = counted(basis.seen(), scheme.terms.switches, scheme.terms.home)
        money_minor -= basis.counted_before
    return (
        award.customer_id, account.account_id, account.debt, basis.purchase_id, basis.source, key,
        basis.body_hash, award.occurred_at, award.points, money_minor, basis.channel,
        _road(award.steps),
    )  # fmt: skip


def _told(
    giving: Sequence[Award], batch: Sequence[Basis], posted: Mapping[int, tuple[int, bool]],
    accounts: Mapping[UUID, Locked], lots: Lots,
) -> list[Earned]:  # fmt: skip
    """What was booked, each with its posting and whether it may bring its owner up a ladder; the
    balance is the account's after the whole batch.
    """
    booked = [award for award in giving if award.place in posted]
    waiting = {
        award.place: sum(part.points for part in award.parts if not lots.is_active(award, part))
        for award in booked
    }
    gained: Counter[UUID] = Counter()
    for award in booked:
        gained[award.customer_id] += award.points - waiting[award.place]
    return [
        Earned(batch[award.place].purchase_id, posted[award.place][0], lots.scheme.code,
               award.points, accounts[award.customer_id].balance + gained[award.customer_id],
               award.place, waiting[award.place], posted[award.place][1])
        for award in booked
    ]  # fmt: skip


def _road(steps: Sequence[Step]) -> str:
    return f"{{{','.join([f'{rule},{before},{after}' for rule, before, after in steps])}}}"
