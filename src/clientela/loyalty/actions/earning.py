"""Every move of points. The ledger is only added to; accounts are locked in order before it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from clientela.loyalty.actions import carrying
from clientela.loyalty.queries import ledger as queries
from clientela.loyalty.queries import tiers
from clientela.loyalty.queries.ledger import Earned
from clientela.loyalty.rules import earning as rules
from clientela.loyalty.rules import lives
from clientela.loyalty.rules.awards import Step
from clientela.platform import ids, money, sql
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

EARN_COLUMNS = (
    "customer_id", "account_id", "debt", "purchase_id", "lot_id", "body_hash", "occurred_at",
    "points", "money_minor", "channel", "steps",
)  # fmt: skip


class PointsAlreadySpent(Problem):
    code = "points-already-spent"
    status = 409
    title = "The points of this purchase are spent already"


@dataclass(frozen=True, slots=True)
class Basis:
    """What counts of one purchase: `minor` units of `currency`, at `occurred_at`."""

    purchase_id: UUID
    customer_id: UUID
    occurred_at: datetime
    minor: int
    currency: str
    body_hash: bytes
    channel: str = ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    posting_id: int
    currency: str
    points: int
    new_debt: int
    forgiven: int
    balance: int


class Locked(NamedTuple):
    """An account as it stands while it is locked; `balance` is what the customer can use."""

    account_id: int
    debt: int
    balance: int


@needs_transaction
def earn_for(
    batch: Sequence[Basis], *, actor: Actor, now: datetime,
    schemes: Sequence[queries.Scheme] | None = None,
) -> list[Earned]:  # fmt: skip
    """Book what new purchases earn, in every currency; a purchase earns once.

    Purchases that earn nothing get no posting and are not in the answer. `schemes`: where they were
    read already.
    """
    if schemes is None:
        schemes = queries.schemes() if batch else []
    earned: list[Earned] = []
    for scheme in schemes:
        points, steps = rules.points_for(
            minors=[basis.minor for basis in batch],
            exponents=[money.exponent_of(basis.currency) for basis in batch],
            occurred_at=[basis.occurred_at for basis in batch],
            rules=scheme.rules,
            rounding=scheme.rounding,
            standing=_standing(batch, scheme),
        )
        giving = [
            (basis, int(given), road)
            for basis, given, road in zip(batch, points, steps, strict=True)
            if given
        ]
        earned += _book(giving, scheme=scheme, actor=actor, now=now)
    return earned


def _standing(batch: Sequence[Basis], scheme: queries.Scheme) -> dict[int, list[int]]:
    """For each rule of a tier, the purchases of whoever stood on it at the time."""
    if not scheme.has_tiers:
        return {}
    return tiers.factors_at(
        [(basis.customer_id, basis.occurred_at) for basis in batch], currency_id=scheme.currency_id
    )


def _book(
    giving: Sequence[tuple[Basis, int, list[Step]]], *, scheme: queries.Scheme,
    actor: Actor, now: datetime,
) -> list[Earned]:  # fmt: skip
    if not giving:
        return []
    accounts = lock_accounts({basis.customer_id for basis, _, _ in giving}, scheme=scheme, now=now)
    ends = lives.ends_of(scheme.life, (basis.occurred_at for basis, _, _ in giving), scheme.zone)
    rows = [
        (basis.customer_id, *accounts[basis.customer_id][:2], basis.purchase_id, lot,
         basis.body_hash, basis.occurred_at, points, basis.minor, basis.channel, _road(steps))
        for lot, (basis, points, steps) in zip(ids.uuid7s(len(giving)), giving, strict=True)
    ]  # fmt: skip
    posted = dict(sql.statement("loyalty", "earn").rows(
        size=len(rows), currency_id=scheme.currency_id, actor=actor.id, now=now,
        days=ends.starts_at, expires_at=ends.expires_at,
        **sql.columns(rows, EARN_COLUMNS),
    ))  # fmt: skip
    booked = [one for one in giving if one[0].purchase_id in posted]
    return _earned(booked, posted, accounts, scheme)


def _earned(
    booked: Sequence[tuple[Basis, int, list[Step]]], posted: Mapping[UUID, int],
    accounts: Mapping[UUID, Locked], scheme: queries.Scheme,
) -> list[Earned]:  # fmt: skip
    """What was booked; the balance is the account's after the whole batch."""
    gained: Counter[UUID] = Counter()
    for basis, points, _ in booked:
        gained[basis.customer_id] += points
    return [
        Earned(basis.purchase_id, posted[basis.purchase_id], scheme.code, points,
               accounts[basis.customer_id].balance + gained[basis.customer_id])
        for basis, points, _ in booked
    ]  # fmt: skip


@needs_transaction
def lock_accounts(
    customers: set[UUID], *, scheme: queries.Scheme, now: datetime
) -> dict[UUID, Locked]:
    """The customers' own accounts of one currency, opened where missing and locked in order."""
    rows = sql.execute(
        "SELECT customer, account_id, debt, balance"
        " FROM loyalty_lock_accounts(%s::uuid[], %s, %s, %s::timestamptz)",
        [
            f"{{{','.join(id.hex for id in customers)}}}",
            scheme.currency_id,
            scheme.debt_max,
            now if scheme.life.ends else None,
        ],
        prepare=len(customers) <= sql.PREPARED_ROWS_MAX,
    )
    return {customer: Locked(*account) for customer, *account in rows.fetchall()}


@needs_transaction
def take_back(
    *, return_id: UUID, basis: Basis, returned_at: datetime, rest_minor: int, back_minor: int,
    actor: Actor, now: datetime, family: Sequence[UUID] = (),
) -> list[TakenBack]:  # fmt: skip
    """Take back what a return makes unearned: recomputed on `rest_minor`, what remains of the
    purchase, with the rule versions frozen in its posting.

    Own lot first, then the other lots, those of the `family`'s other records too; what is missing
    becomes debt or is forgiven, as the currency says, and `block` refuses with PointsAlreadySpent.
    """
    taken = []
    for earned in queries.earned_by(customer_id=basis.customer_id, purchase_id=basis.purchase_id):
        worth, steps = _worth(rest_minor, basis=basis, earned=earned)
        points = rules.to_take_back(
            earned=earned.points, reversed_before=earned.taken_before, points_of_rest=worth
        )
        if points == 0:
            continue
        if len(family) > 1:
            carrying.bring_home(
                customer_id=basis.customer_id, family=family, currency_id=earned.currency_id,
                points=points, return_id=return_id, actor=actor, now=now,
            )  # fmt: skip
        posting, got, debt, forgiven, missing, balance = _take(
            earned, points=points, return_id=return_id, basis=basis, steps=steps,
            returned_at=returned_at, back_minor=back_minor, actor=actor, now=now,
        )  # fmt: skip
        if missing:
            raise PointsAlreadySpent(f"{missing} points of this purchase are spent.",
                                     missing=missing)  # fmt: skip
        taken.append(TakenBack(posting, earned.currency, got + debt, debt, forgiven, balance))
    return taken


def _worth(rest_minor: int, *, basis: Basis, earned: queries.EarnedBy) -> tuple[int, list[Step]]:
    points, steps = rules.points_for(
        minors=[rest_minor],
        exponents=[money.exponent_of(basis.currency)],
        occurred_at=[basis.occurred_at],
        rules=queries.frozen(earned.version_ids),
        rounding=earned.rounding,
    )
    return int(points[0]), steps[0]


def _take(
    earned: queries.EarnedBy, *, points: int, return_id: UUID, basis: Basis,
    steps: list[Step], returned_at: datetime, back_minor: int, actor: Actor, now: datetime,
) -> tuple[int, int, int, int, int, int]:  # fmt: skip
    row = sql.execute(
        "SELECT posting, taken, new_debt, given_up, missing, balance FROM loyalty_take_back("
        "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::bigint[], %s)",
        [earned.customer_id, earned.account_id, earned.currency_id, earned.policy, points,
         earned.posting_id, basis.purchase_id, str(return_id), basis.body_hash, returned_at,
         now, actor.id, _triples(steps), back_minor],
        prepare=True,
    ).fetchone()  # fmt: skip
    assert row is not None
    return row


def _triples(steps: Sequence[Step]) -> list[int]:
    return [part for step in steps for part in (step.version_id, step.before, step.after)]


def _road(steps: Sequence[Step]) -> str:
    return f"{{{','.join(f'{step.version_id},{step.before},{step.after}' for step in steps)}}}"
