"""Many rewards at once, as another system wants them: each is booked whole, or refused alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from clientela.customers import families
from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.flows import redeem_reward, redeem_slice
from clientela.flows.redeem_reward import Outcome, Wanted
from clientela.flows.redeem_slice import Passed
from clientela.flows.redeemed_again import again_many
from clientela.loyalty.actions import redeeming_many as many
from clientela.loyalty.actions.redeeming_many import Claim, Known, Name
from clientela.loyalty.models import Reward
from clientela.loyalty.queries import pools, rewards
from clientela.platform import ids, transactions
from clientela.platform.errors import BatchTooLarge, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.purchases.actions import ReferenceTaken

BATCH_ROWS_MAX = 10_000
SLICE_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """One as a door understood it; `fault`: what the door already found wrong with it."""

    wanted: Wanted
    fault: Problem | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one: `new`, `known` (the same again), `conflict` (its name is that of another)
    or `refused`.
    """

    state: str
    reference: str
    outcome: Outcome | None = None
    error: Problem | None = None


@dataclass(slots=True)
class _Slice:
    """Rows with what is known of each, and those that have to go one by one."""

    results: dict[int, Result] = field(default_factory=dict)
    alone: list[Passed] = field(default_factory=list)
    named: dict[int, customers.Resolved] = field(default_factory=dict)


def redeem_batch(
    batch: Sequence[Row], *, actor: Actor, now: datetime, request: str = ""
) -> list[Result]:
    """Redeem up to 10,000 rewards; what became of each, in their order.

    A bad one is refused alone. Each is named by its source and reference: the same again changes
    nothing and gets the same answer, another one under the same name is a conflict. A customer who
    has several gets what is there for them in their order; one that is refused bars no later one.

    Rewards that give a code are booked in a few statements for every 2,000 rows, each slice a
    transaction of its own: after a crash whole rows stand, and the same batch books the others.
    Under an Idempotency-Key all of it is one. One by one, each in its own transaction and after the
    others of its slice, go rewards that give something else or are for some only, and customers who
    use the points of others: a person, a partner, a list or somebody else's account is asked there.
    """
    if len(batch) > BATCH_ROWS_MAX:
        raise BatchTooLarge(
            f"Send at most {BATCH_ROWS_MAX} redemptions at once.", field="redemptions"
        )
    size = BATCH_ROWS_MAX if transactions.is_open() else SLICE_ROWS
    results: list[Result] = []
    known: dict[str, Reward | Problem] = {}
    for start in range(0, len(batch), size):
        rows = batch[start : start + size]
        done = _slice(rows, known, actor=actor, now=now, request=request)
        for row in done.alone:
            done.results[row.place] = _alone(row, actor=actor, now=now, request=request)
        results += _in_order(rows, done)
    return results


def _in_order(rows: Sequence[Row], done: _Slice) -> Iterator[Result]:
    """With what is repeated within a slice: it gets what its first got."""
    firsts: dict[Name, int] = {}
    for place, row in enumerate(rows):
        result = done.results.get(place)
        if result is None:
            first = done.results[firsts[row.wanted.source, row.wanted.reference]]
            result = replace(first, state="known" if first.state == "new" else first.state)
            if result.outcome is not None:
                result = replace(result, outcome=replace(result.outcome, replayed=True))
        else:
            firsts.setdefault((row.wanted.source, row.wanted.reference), place)
        named = done.named.get(place)
        if named is not None and result.outcome is not None:
            outcome = redeem_reward.came_by(result.outcome, named)
            result = replace(result, outcome=outcome)
        yield result


@transactions.retried
def _slice(
    rows: Sequence[Row], listed: dict[str, Reward | Problem], *, actor: Actor, now: datetime,
    request: str,
) -> _Slice:  # fmt: skip
    done = _Slice()
    with transactions.open():
        passed = _once(_passed(rows, listed, done), done)
        fresh = _unknown(passed, done, now=now)
        together = _apart(fresh, done)
        claimed = _claimed(together, done)
        booked = redeem_slice.redeem(claimed, actor=actor, now=now)
        events.emit(booked.told, actor=actor, now=now, request=request)
    for place, outcome in booked.made.items():
        done.results[place] = Result("new", rows[place].wanted.reference, outcome)
    for place, error in booked.refused.items():
        done.results[place] = Result("refused", rows[place].wanted.reference, error=error)
    return done


def _passed(rows: Sequence[Row], listed: dict[str, Reward | Problem], done: _Slice) -> list[Passed]:
    """Rows that name somebody and something; the others are refused."""
    found = customers.resolve([row.wanted.customer for row in rows])
    records = families.records_of({one.survivor for one in found if one is not None})
    passed = []
    for place, (row, one) in enumerate(zip(rows, found, strict=True)):
        reward = _reward(row.wanted.reward, listed)
        problem = row.fault or _unnamed(row.wanted) or _nobody(one)
        if problem is None and isinstance(reward, Problem):
            problem = reward
        if problem is not None or one is None or isinstance(reward, Problem):
            done.results[place] = Result("refused", row.wanted.reference, error=problem)
            continue
        if one.named != one.survivor:
            done.named[place] = one
        passed.append(Passed(place, row.wanted, reward, records[one.survivor]))
    return passed


def _unnamed(wanted: Wanted) -> Problem | None:
    try:
        redeem_reward.needs_name(wanted)
    except Problem as problem:
        return problem
    return None


def _nobody(found: customers.Resolved | None) -> Problem | None:
    if found is None:
        return customers.NoSuchCustomer("Nobody is known by this.", field="customer")
    if found.survivors > 1:
        return customers.CustomerAmbiguous(
            f"{found.survivors} customers are known by this.", field="customer"
        )
    return None


def _reward(named: str, listed: dict[str, Reward | Problem]) -> Reward | Problem:
    """A reward of the catalogue, looked up once for the whole batch."""
    if named not in listed:
        try:
            listed[named] = rewards.find(named)
        except Problem as problem:
            listed[named] = problem
    return listed[named]


def _once(passed: Iterable[Passed], done: _Slice) -> list[Passed]:
    """The first of each name; the same again gets what the first gets, another is a conflict."""
    firsts: dict[Name, Passed] = {}
    for row in passed:
        first = firsts.setdefault(row.name, row)
        if first is not row and first.content() != row.content():
            done.results[row.place] = _conflict(row)
    return list(firsts.values())


def _conflict(row: Passed) -> Result:
    error = redeem_reward.name_taken(row.wanted)
    return Result("conflict", row.wanted.reference, error=error)


def _unknown(passed: Sequence[Passed], done: _Slice, *, now: datetime) -> list[Passed]:
    """Those nobody has booked before; the others get the answer of today."""
    known = many.known([row.name for row in passed])
    before = {row.place: known[row.name] for row in passed if row.name in known}
    _answer([row for row in passed if row.place in before], before, done, now=now)
    return [row for row in passed if row.place not in before]


def _answer(
    passed: Sequence[Passed], known: Mapping[int, Known], done: _Slice, *, now: datetime
) -> None:
    same: dict[int, UUID] = {}
    for row in passed:
        one = known[row.place]
        whose = one.customer_id if one.customer_id in row.family else row.family[0]
        if one.body_hash == row.content(whose):
            same[row.place] = one.redemption_id
        else:
            done.results[row.place] = _conflict(row)
    told = again_many({same[row.place]: row.family for row in passed if row.place in same}, now=now)
    for row in passed:
        if row.place in same:
            outcome = told[same[row.place]]
            done.results[row.place] = Result("known", row.wanted.reference, outcome)


def _apart(fresh: Sequence[Passed], done: _Slice) -> list[Passed]:
    """Those that can be booked together; all of a customer where one of theirs can not."""
    sharing = pools.sharing_among({id for row in fresh for id in row.family})
    alone = {
        row.family[0] for row in fresh
        if not _is_plain(row.reward) or not sharing.isdisjoint(row.family)
    }  # fmt: skip
    done.alone += (row for row in fresh if row.family[0] in alone)
    return [row for row in fresh if row.family[0] not in alone]


def _is_plain(reward: Reward) -> bool:
    is_for_all = not reward.audience and reward.audience_view is None
    return is_for_all and reward.kind in Reward.BY_CODE


def _alone(row: Passed, *, actor: Actor, now: datetime, request: str) -> Result:
    """One by itself, as if it came alone."""
    reference = row.wanted.reference
    try:
        outcome = redeem_reward.redeem_reward(row.wanted, actor=actor, now=now, request=request)
    except ReferenceTaken as taken:
        return Result("conflict", reference, error=taken)
    except Problem as refused:
        if refused.status >= 500:
            raise
        return Result("refused", reference, error=refused)
    return Result("known" if outcome.replayed else "new", reference, outcome)


@needs_transaction
def _claimed(rows: Sequence[Passed], done: _Slice) -> dict[UUID, Passed]:
    """Each under the id its redemption will have. One whose name somebody took this very moment is
    answered by itself.
    """
    claims = [
        Claim(*row.name, row.family[0], id, row.content())
        for row, id in zip(rows, ids.uuid7s(len(rows)), strict=True)
    ]
    taken = many.claim(claims)
    done.alone += (row for row in rows if row.name not in taken)
    return {
        claim.redemption_id: row
        for row, claim in zip(rows, claims, strict=True) if row.name in taken
    }  # fmt: skip
