"""What returns take back of what purchases earned: of one purchase, with those that put it right;
and of many that came back whole, at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from clientela.loyalty.actions import carrying
from clientela.loyalty.actions.earning import Basis, PointsAlreadySpent, TakenBack
from clientela.loyalty.queries import ledger as queries
from clientela.loyalty.queries import terms as terms_of
from clientela.loyalty.queries.ledger import EarnedBy
from clientela.loyalty.rules import amending, asking, computing
from clientela.loyalty.rules import earning as rules
from clientela.loyalty.rules.awards import REASONS, Step
from clientela.loyalty.rules.baskets import Basket
from clientela.loyalty.rules.bodies import Earn
from clientela.platform import sql
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

COLUMNS = (
    "customer_id", "account_id", "currency_id", "policy", "points", "posting_id", "purchase_id",
    "key", "body_hash", "road", "back_minor",
)  # fmt: skip


class WholeReturn(NamedTuple):
    """A return after which nothing is left of its purchase, and what the purchase had earned."""

    id: UUID
    basis: Basis
    back_minor: int
    earned: Sequence[EarnedBy]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why points are taken: a return, or a purchase that puts another right. `family`: all records
    of whoever bought.
    """

    id: UUID
    content: bytes
    happened_at: datetime
    family: Sequence[UUID]


@needs_transaction
def take_back(
    bought: Sequence[tuple[UUID, UUID]], *, cause: Cause, rest: Basket, back_minor: int,
    actor: Actor, now: datetime,
) -> list[TakenBack]:  # fmt: skip
    """Take back what a return makes unearned: recomputed on `rest`, what remains of a purchase and
    of those that put it right, with the rule versions and the answers frozen in its newest posting.
    """
    taken = []
    for several in queries.earned_by(bought):
        worth, steps = worth_of(rest, earned=several[-1])
        taken += take_down(several, worth=worth, steps=steps, cause=cause, back_minor=back_minor,
                           actor=actor, now=now)  # fmt: skip
    return taken


@needs_transaction
def take_down(
    several: Sequence[EarnedBy], *, worth: int, steps: Sequence[Step], cause: Cause,
    back_minor: int, actor: Actor, now: datetime, marks: Sequence[Step] = (),
) -> list[TakenBack]:  # fmt: skip
    """Take what these postings of one currency have left beyond what they are worth.

    Own lots first, then the other lots, those of the family's other records too; what is missing
    becomes debt or is forgiven, as the currency says, and `block` refuses with PointsAlreadySpent.
    """
    points = rules.to_take_back(
        earned=sum(one.points for one in several),
        reversed_before=sum(one.taken_before for one in several), points_of_rest=worth,
    )  # fmt: skip
    if points == 0:
        return []
    shares = amending.shares([one.left for one in several], points)
    _bring_home(several, shares, cause=cause, actor=actor, now=now)
    kept = amending.kept(steps, [amending.left_of(one.steps, one.last_steps) for one in several])
    taken: list[TakenBack] = []
    for one, share, left in reversed(list(zip(several, shares, kept, strict=True))):
        if share:
            key = f"{cause.id}/{one.posting_id}" if taken else str(cause.id)
            told = left if taken else [*left, *marks]
            taken.append(_take(
                one, share, told, key=key, cause=cause, back_minor=0 if taken else back_minor,
                actor=actor, now=now,
            ))  # fmt: skip
    return taken


def _bring_home(
    several: Sequence[EarnedBy], shares: Sequence[int], *, cause: Cause, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """What an account lacks comes from the customer's other records."""
    if len(cause.family) < 2:
        return
    wanted: Counter[UUID] = Counter()
    for one, share in zip(several, shares, strict=True):
        wanted[one.customer_id] += share
    for customer_id, points in wanted.items():
        carrying.bring_home(
            customer_id=customer_id, family=cause.family, currency_id=several[0].currency_id,
            points=points, return_id=cause.id, actor=actor, now=now,
        )  # fmt: skip


def worth_of(rest: Basket, *, earned: EarnedBy) -> tuple[int, list[Step]]:
    """What is left of a purchase would have earned, by the rules and answers of its posting."""
    if rest.minor == 0:
        return 0, []
    looked = list(zip(*[iter(earned.looked_at)] * 3, strict=True))
    given_by = {*earned.version_ids, *(version for version, _, _ in looked)}
    idle = {version for version, reason, _ in looked if reason == REASONS["condition"]}
    versions = [
        rule for rule in queries.frozen(sorted(given_by))
        if not (rule.earn is Earn.FACTOR and rule.version_id in idle)
    ]  # fmt: skip
    answers = asking.kept({version: mask for version, _, mask in looked}, versions)
    rest, terms = terms_of.as_it_was(rest, earned)
    [given] = computing.compute([rest], versions, terms=terms, answers=answers)
    return given.points, [step for step in given.steps if step.version_id > 0]


def _take(
    earned: EarnedBy, points: int, steps: Sequence[Step], *, key: str, cause: Cause,
    back_minor: int, actor: Actor, now: datetime,
) -> TakenBack:  # fmt: skip
    row = sql.execute(
        "SELECT posting, taken, new_debt, given_up, missing, balance FROM loyalty_take_back("
        "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::bigint[], %s)",
        [earned.customer_id, earned.account_id, earned.currency_id, earned.policy, points,
         earned.posting_id, earned.purchase_id, key, cause.content, cause.happened_at,
         now, actor.id, [part for step in steps for part in step], back_minor],
        prepare=True,
    ).fetchone()  # fmt: skip
    assert row is not None
    posting, got, debt, forgiven, missing, balance = row
    if missing:
        raise PointsAlreadySpent(f"{missing} points of this purchase are spent.",
                                 missing=missing)  # fmt: skip
    return TakenBack(posting, earned.currency, got + debt, debt, forgiven, balance)


@needs_transaction
def take_back_each(
    returns: Sequence[WholeReturn], *, actor: Actor, now: datetime
) -> list[list[TakenBack]]:
    """As `take_back` for each of them, which happened now; their accounts are locked and
    settled. None of their currencies refuses a return.
    """
    taken: list[list[TakenBack]] = [[] for _ in returns]
    whose: list[tuple[int, str]] = []
    rows = []
    for place, one in enumerate(returns):
        own: set[int] = set()  # currencies that have their key
        for earned in one.earned:
            points = rules.to_take_back(
                earned=earned.points, reversed_before=earned.taken_before, points_of_rest=0
            )
            if points:
                whose.append((place, earned.currency))
                key = f"{one.id}/{earned.posting_id}" if earned.currency_id in own else str(one.id)
                own.add(earned.currency_id)
                rows.append(_row(one, earned, points, key))
    if not rows:
        return taken
    answers = sql.statement("loyalty", "take_back_each").rows(
        size=len(rows), happened=now, now=now, actor=actor.id, **sql.columns(rows, COLUMNS)
    )
    for number, posting, got, debt, forgiven, missing, balance in sorted(answers):
        assert not missing
        place, currency = whose[number - 1]
        taken[place].append(TakenBack(posting, currency, got + debt, debt, forgiven, balance))
    return taken


def _row(one: WholeReturn, earned: EarnedBy, points: int, key: str) -> tuple[object, ...]:
    return (
        earned.customer_id, earned.account_id, earned.currency_id, earned.policy, points,
        earned.posting_id, one.basis.purchase_id, key, one.basis.body_hash, "{}",
        one.back_minor,
    )  # fmt: skip
