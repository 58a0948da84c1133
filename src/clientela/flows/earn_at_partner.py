"""Customers earn at a partner: the partner says so, under its own names, and may take it back.

The points come from the partner's account in the ledger; a statement settles them each month.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from clientela.customers import joining
from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import granting, limits, lives
from clientela.loyalty.actions import partner_earnings as actions
from clientela.loyalty.actions.granting import Given, Grant
from clientela.loyalty.actions.partner_earnings import NewEarning
from clientela.loyalty.models import Currency, Partner, PartnerEarningReversal
from clientela.loyalty.queries import granting as currencies
from clientela.loyalty.queries import ledger
from clientela.loyalty.queries import partners as reads
from clientela.loyalty.queries import travel as partners
from clientela.loyalty.queries.ledger import Scheme
from clientela.loyalty.rules.awards import BY_PARTNER, Award, Part, Step
from clientela.platform import ids, transactions
from clientela.platform.errors import BatchTooLarge, InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.purchases.actions import ReferenceTaken

BATCH_ROWS_MAX = 10_000
REFERENCE_LENGTH_MAX = 120
POINTS_MAX = 10**9
FUTURE_HOURS_MAX = 24


class PartnerRetired(Problem):
    code = "partner-retired"
    status = 409
    title = "Nothing is earned at this partner any more"


class NothingEarned(Problem):
    code = "nothing-earned"
    status = 409
    title = "A limit of this customer is reached, or their earning is paused"


@dataclass(frozen=True, slots=True)
class Told:
    """One earning as a door understood it; `fault`: why the door could not."""

    customer: customers.Reference
    reference: str
    points: int
    occurred_at: datetime
    fault: Problem | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: `new`, `known` (the same again), `conflict` or `refused`. `balance`: what
    the customer can use, of what is new. `less`: why it is fewer points than the partner said.
    """

    state: str
    reference: str
    id: UUID | None = None
    customer_id: UUID | None = None
    points: int = 0
    balance: int | None = None
    error: Problem | None = None
    less: str = ""


@dataclass(slots=True)
class _Batch:
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    fresh: dict[int, NewEarning] = field(default_factory=dict)
    twice: dict[int, int] = field(default_factory=dict)  # a place -> the same one before it
    named: dict[str, UUID] = field(default_factory=dict)
    steps: dict[str, tuple[Step, ...]] = field(default_factory=dict)
    parts: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    less: dict[int, str] = field(default_factory=dict)


@transactions.retried
def earn_at_partner(
    named: str, batch: Sequence[Told], *, currency: str = "", actor: Actor, now: datetime,
    request: str = "",
) -> list[Outcome]:  # fmt: skip
    """Book up to 10,000 earnings in one transaction; what became of each, in their order.

    A bad one is refused alone. A reference again with the same content changes nothing; with other
    content, or for another customer, it is a conflict. BatchTooLarge, PartnerRetired.
    """
    if len(batch) > BATCH_ROWS_MAX:
        raise BatchTooLarge(f"Send at most {BATCH_ROWS_MAX} earnings at once.", field="earnings")
    with transactions.open():
        partner = partners.partner(named)
        if partner.retired_at is not None:
            raise PartnerRetired(f"{partner.name} is not in use.", field="partner")
        scheme = ledger.scheme_of(currencies.currency(currency).id)
        resolved = customers.resolve([one.customer for one in batch], even_restricted=True)
        state = _claimed(partner, batch, resolved, now=now)
        _bound(partner, state, scheme=scheme, now=now)
        given = _book(partner, state, scheme=scheme, actor=actor, now=now)
        events.emit(_happenings(partner, state, given), actor=actor, now=now, request=request)
    for place, one in state.fresh.items():
        state.outcomes[place] = Outcome(
            "new", one.reference, state.named[one.reference], one.customer_id, one.points,
            given[one.reference].balance, less=state.less.get(place, ""),
        )  # fmt: skip
    for place, first in state.twice.items():
        before = state.outcomes[first]
        if place not in state.outcomes:
            state.outcomes[place] = replace(
                before, state="known" if before.state == "new" else before.state
            )
    return [state.outcomes[place] for place in range(len(batch))]


def _claimed(
    partner: Partner, batch: Sequence[Told], resolved: Sequence[customers.Resolved | None], *,
    now: datetime,
) -> _Batch:  # fmt: skip
    """What is new, by the partner's names; the same name within the batch repeats the first."""
    state = _Batch()
    news: dict[int, NewEarning] = {}
    firsts: dict[str, int] = {}
    for place, (one, found) in enumerate(zip(batch, resolved, strict=True)):
        problem = _fault(one, now=now) or _nobody(found)
        if problem is not None or found is None:
            state.outcomes[place] = Outcome("refused", one.reference, error=problem)
            continue
        news[place] = _new(one, found.survivor)
        first = firsts.setdefault(one.reference, place)
        if first != place:
            state.twice[place] = first
            if news[first].content != news[place].content:
                state.outcomes[place] = _conflict(news[place])
    fresh, known = actions.claim(partner, [news[place] for place in firsts.values()])
    state.named = fresh
    told = reads.earnings_by(one.earning_id for one in known.values())
    survivors = joining.survivors_of([one.customer_id for one in known.values()])
    for reference, place in firsts.items():
        new = news[place]
        if reference in fresh:
            state.fresh[place] = new
            continue
        before = known[reference]
        points = told[before.earning_id].points
        whose = survivors.get(before.customer_id, before.customer_id)
        same = bytes(before.body_hash) == new.body_hash and new.customer_id == whose
        state.outcomes[place] = Outcome(
            "known", reference, before.earning_id, before.customer_id, points,
            less="cap" if points < new.points else "",
        ) if same else _conflict(new)  # fmt: skip
    return state


def _fault(one: Told, *, now: datetime) -> Problem | None:
    if one.fault is not None:
        return one.fault
    if not 0 < len(one.reference) <= REFERENCE_LENGTH_MAX:
        return InvalidInput("Name it by a short reference of your own.", field="reference")
    if not 0 < one.points <= POINTS_MAX:
        return InvalidInput(f"Use 1 to {POINTS_MAX} points.", field="points")
    if one.occurred_at > now + timedelta(hours=FUTURE_HOURS_MAX):
        return InvalidInput("This lies in the future.", field="occurred_at")
    return None


def _nobody(found: customers.Resolved | None) -> Problem | None:
    if found is None:
        return customers.NoSuchCustomer("Nobody is known by this.", field="customer")
    if found.survivors > 1:
        return customers.CustomerAmbiguous(
            f"{found.survivors} customers are known by this.", field="customer"
        )
    return None


def _new(one: Told, customer_id: UUID) -> NewEarning:
    said = [one.reference, one.points, one.occurred_at.isoformat()]
    content = hashlib.sha256(json.dumps(said).encode()).digest()[:16]
    return NewEarning(customer_id, one.reference, one.points, one.occurred_at, content)


def _conflict(new: NewEarning) -> Outcome:
    problem = ReferenceTaken(f"{new.reference} is booked with other content.", field="reference")
    return Outcome("conflict", new.reference, error=problem)


def _bound(partner: Partner, state: _Batch, *, scheme: Scheme, now: datetime) -> None:
    """Caps, budgets and pauses are for what a partner says as for all that is earned. Where nothing
    is left it is refused, and its name can be used again.
    """
    awards = [
        Award(place, one.customer_id, one.occurred_at,
              (Part(one.points, waits=scheme.waits, cashable=False),),
              (Step(BY_PARTNER, 0, one.points),))
        for place, one in state.fresh.items()
    ]  # fmt: skip
    if scheme.has_limits:
        awards = limits.within(
            awards, scheme=scheme, now=now, attributes=lambda _: {"partner": partner.key}
        )
    for award in awards:
        new, why = state.fresh[award.place], award.refusals[-1].reason if award.refusals else ""
        if not award.points:
            problem = NothingEarned(f"Nothing of {new.points} points is left.", reason=why)
            state.outcomes[award.place] = Outcome("refused", new.reference, error=problem)
            del state.fresh[award.place]
            continue
        state.fresh[award.place] = replace(new, points=award.points)
        state.parts[new.reference], state.steps[new.reference] = award.parts, award.steps
        state.less[award.place] = why
    actions.let_go(partner, [one.reference for one in state.outcomes.values()
                             if isinstance(one.error, NothingEarned)])  # fmt: skip


def _book(
    partner: Partner, state: _Batch, *, scheme: Scheme, actor: Actor, now: datetime
) -> Mapping[str, Given]:
    fresh = list(state.fresh.values())
    grants = [
        Grant(one.customer_id, f"partner:{partner.key}", one.reference, "earn", one.occurred_at,
              one.body_hash, state.parts[one.reference], state.steps[one.reference])
        for one in fresh
    ]  # fmt: skip
    given = {
        one.key: one for one in granting.give(
            grants, scheme=scheme, actor=actor, now=now, giver=partner.account_id
        )
    }  # fmt: skip
    actions.record(
        partner, fresh, named=state.named, actor=actor, now=now,
        postings={reference: one.posting_id for reference, one in given.items()},
    )  # fmt: skip
    return given


def _happenings(partner: Partner, state: _Batch, given: Mapping[str, Given]) -> Iterator[Happening]:
    for one in state.fresh.values():
        booked = given[one.reference]
        yield Happening(
            "points.earned", one.occurred_at, one.customer_id,
            ids.public("pea", state.named[one.reference]),
            {"posting": f"pos_{booked.posting_id}", "points": one.points,
             "currency": booked.currency, "partner": partner.key},
        )  # fmt: skip


@transactions.retried
def take_back_earning(
    named: str, reference: str, *, cause: str = "", actor: Actor, now: datetime, request: str = ""
) -> tuple[PartnerEarningReversal, bool]:
    """What was earned at a partner goes back to it, once; whether it had gone back before.

    What was used meanwhile becomes debt, or is forgiven and stays with the partner's bill.
    """
    with transactions.open():
        partner = partners.partner(named)
        earning = actions.find(partner, reference)
        family = customers.family_of(earning.customer_id)
        expired = lives.settle(family, actor=actor, now=now)
        known = earning.reversals.first()
        if known is not None:
            return known, True
        scheme = _scheme_of(earning.posting_id)
        policy = Currency.objects.get(id=scheme.currency_id).negative_policy
        taken = actions.take_back(
            earning, survivor=family[0], scheme=scheme, policy=policy, actor=actor, now=now
        )
        limits.free(customer_ids=family, postings=[taken.posting_id])
        reversal = actions.note_reversal(earning, taken, cause=cause, actor=actor, now=now)
        told = Happening(
            "points.reversed", now, earning.customer_id, ids.public("pea", earning.id),
            {"posting": f"pos_{taken.posting_id}", "points": taken.points,
             "currency": scheme.code, "partner": partner.key},
        )  # fmt: skip
        events.emit([told, *expired_happenings(expired)], actor=actor, now=now, request=request)
    return reversal, False


def _scheme_of(posting_id: int) -> Scheme:
    return ledger.scheme_of(ledger.currency_of(posting_id))
