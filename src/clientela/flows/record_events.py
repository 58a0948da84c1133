"""What happens to customers besides purchases is written down once and earns by its rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import earning_facts
from clientela.loyalty.actions import earning, limits, occasions, waiting
from clientela.loyalty.actions.awarded import UNTOLD
from clientela.loyalty.actions.earning import Basis
from clientela.loyalty.actions.occasions import EVENT, Claim, Known, NewOccasion
from clientela.loyalty.actions.waiting import Begun
from clientela.loyalty.queries import granting as reads
from clientela.loyalty.queries import ledger
from clientela.loyalty.queries.ledger import Earned
from clientela.loyalty.rules import occasions as rules
from clientela.loyalty.rules.awards import Refusal
from clientela.loyalty.rules.baskets import Basket
from clientela.loyalty.rules.bodies import Earn
from clientela.platform import ids, transactions
from clientela.platform.errors import BatchTooLarge, InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.purchases import queries as purchases
from clientela.staff import company as companies

BATCH_ROWS_MAX = 10_000
KEY_LENGTH_MAX = 200
FUTURE_HOURS_MAX = 24


class KeyReused(Problem):
    code = "event-key-reused"
    status = 409
    title = "This key names another event"


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as a door understood it. `key` names it at its `source`; `purchase`: (source,
    reference) of the purchase it is about, where points of it wait for this.
    """

    name: str
    source: str
    key: str
    customer: customers.Reference
    occurred_at: datetime
    subject: str = ""
    purchase: tuple[str, str] | None = None
    fault: Problem | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: `new`, `known` (the same again), `conflict` or `refused`."""

    state: str
    key: str
    id: UUID | None = None
    customer_id: UUID | None = None
    earned: tuple[Earned, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    begun: int = 0
    error: Problem | None = None


@dataclass(slots=True)
class _Batch:
    """What passed so far: places in the batch, with what is to be written of each."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    fresh: dict[int, tuple[UUID, NewOccasion]] = field(default_factory=dict)
    twice: dict[int, int] = field(default_factory=dict)  # a place -> the same one before it


@transactions.retried
def record_events(
    batch: Sequence[Heard], *, actor: Actor, now: datetime, request: str = ""
) -> list[Outcome]:
    """Record up to 10,000 events in one transaction; what became of each, in their order.

    A bad one is refused alone. The same event again changes nothing and gets the same answer.
    """
    if len(batch) > BATCH_ROWS_MAX:
        raise BatchTooLarge(f"Send at most {BATCH_ROWS_MAX} events at once.", field="events")
    with transactions.open():
        resolved = customers.resolve([heard.customer for heard in batch], even_restricted=True)
        state = _claimed(batch, resolved, now=now)
        earned, refused = _earn(state, actor=actor, now=now)
        occasions.record(list(state.fresh.values()), refusals=refused, actor=actor, now=now)
        begun = _begin(batch, state, actor=actor, now=now)
        told = [*_happenings(state, earned), *begun_happenings(
            [one for some in begun.values() for one in some]
        )]  # fmt: skip
        events.emit(told, actor=actor, now=now, request=request)
    for place, (id, new) in state.fresh.items():
        state.outcomes[place] = Outcome(
            "new", new.key, id, new.customer_id, tuple(earned.get(id, ())),
            tuple(refused.get(id, ())), sum(one.points for one in begun.get(place, ())),
        )  # fmt: skip
    _answer_known(state)
    return [state.outcomes[place] for place in range(len(batch))]


def _claimed(
    batch: Sequence[Heard], resolved: Sequence[customers.Resolved | None], *, now: datetime
) -> _Batch:
    """What is new, by its key; the same key within the batch is a repetition of the first."""
    state = _Batch()
    news: dict[int, NewOccasion] = {}
    firsts: dict[tuple[str, str], int] = {}
    for place, (heard, found) in enumerate(zip(batch, resolved, strict=True)):
        problem = _fault(heard, now=now) or _nobody(found)
        if problem is not None or found is None:
            state.outcomes[place] = Outcome("refused", heard.key, error=problem)
            continue
        news[place] = _new(heard, found.survivor)
        first = firsts.setdefault((heard.source, heard.key), place)
        if first != place:
            state.twice[place] = first
    places = list(firsts.values())
    claims = [
        Claim(news[place].source, news[place].key, EVENT, news[place].customer_id, id,
              news[place].body_hash)
        for place, id in zip(places, ids.uuid7s(len(places)), strict=True)
    ]  # fmt: skip
    taken, known = occasions.claim(claims)
    for place, claim in zip(places, claims, strict=True):
        name = (claim.source, claim.key)
        if name in taken:
            state.fresh[place] = claim.row_id, news[place]
        else:
            state.outcomes[place] = _before(news[place], known[name])
    for place, first in state.twice.items():
        if news[place].body_hash != news[first].body_hash:
            state.outcomes[place] = _conflict(news[place])
    return state


def _fault(heard: Heard, *, now: datetime) -> Problem | None:
    if heard.fault is not None:
        return heard.fault
    if not rules.NAME.fullmatch(heard.name):
        return InvalidInput("Name an event by small letters, digits and _.", field="event")
    if not (heard.source and heard.key) or len(heard.source + heard.key) > KEY_LENGTH_MAX:
        return InvalidInput("An event needs a source and a key; both are short.", field="key")
    if heard.occurred_at > now + timedelta(hours=FUTURE_HOURS_MAX):
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


def _new(heard: Heard, customer_id: UUID) -> NewOccasion:
    said = [heard.name, heard.occurred_at.isoformat(), heard.subject, list(heard.purchase or ()),
            [heard.customer.kind, heard.customer.source, heard.customer.value]]  # fmt: skip
    content = hashlib.sha256(json.dumps(said).encode()).digest()[:16]
    return NewOccasion(customer_id, heard.name, heard.source, heard.key, heard.occurred_at, content,
                       heard.subject)  # fmt: skip


def _before(new: NewOccasion, known: Known) -> Outcome:
    if known.kind != EVENT or known.body_hash != new.body_hash:
        return _conflict(new)
    return Outcome("known", new.key, known.row_id, known.customer_id)


def _conflict(new: NewOccasion) -> Outcome:
    problem = KeyReused(f"{new.source} {new.key} is recorded with other content.", field="key")
    return Outcome("conflict", new.key, error=problem)


def _earn(
    state: _Batch, *, actor: Actor, now: datetime
) -> tuple[dict[UUID, list[Earned]], dict[UUID, list[Refusal]]]:
    """Book what the new ones earn in every currency, by the rules that are for them; which rules
    gave nothing, and why.
    """
    earned: dict[UUID, list[Earned]] = {}
    refused: dict[UUID, list[Refusal]] = {}
    fresh = list(state.fresh.values())
    named = {new.name for _, new in fresh}
    schemes = [
        scheme for scheme in (ledger.schemes() if fresh else ())
        if any(rule.event in named for rule in scheme.rules if rule.earn is Earn.EVENT)
    ]  # fmt: skip
    if not schemes:
        return earned, refused
    batch = [_basis(id, new) for id, new in fresh]
    answers = earning_facts.answers(batch, schemes, company=companies.current(), now=now)
    for scheme in schemes:
        awards = earning.computed(batch, scheme=scheme, answers=answers)
        if scheme.has_limits:
            awards = limits.within(awards, scheme=scheme, now=now, attributes=lambda _: {})
        for award in awards:
            told = [one for one in award.refusals if one.reason not in UNTOLD]
            refused.setdefault(fresh[award.place][0], []).extend(told)
        for one in earning.book(
            awards, batch, scheme=scheme, actor=actor, now=now, answers=answers
        ):  # fmt: skip
            earned.setdefault(fresh[one.place][0], []).append(one)
    return earned, refused


def _basis(id: UUID, new: NewOccasion) -> Basis:
    """What counts of an event: that it happened."""
    return Basis(
        None, new.customer_id, new.occurred_at, 0, "", new.body_hash, source=EVENT, key=str(id),
        basket=Basket(0, 0, new.occurred_at, event=new.name),
    )  # fmt: skip


def _begin(
    batch: Sequence[Heard], state: _Batch, *, actor: Actor, now: datetime
) -> dict[int, list[Begun]]:
    """Points that waited for these events begin."""
    begun: dict[int, list[Begun]] = {}
    awaited = waiting.awaited_by({new.name for _, new in state.fresh.values()})
    fresh = {
        place: new for place, (_, new) in state.fresh.items()
        if (new.name, new.customer_id) in awaited
    }  # fmt: skip
    about = {place: one for place in fresh if (one := batch[place].purchase)}
    named = purchases.known("purchase", list(about.values())) if about else {}
    known = {place: named[number][0] for number, place in enumerate(about) if number in named}
    for place, new in fresh.items():
        if place in about and place not in known:
            continue  # a purchase nobody knows: nothing of it waits
        some = waiting.came(
            new.name, family=customers.family_of(new.customer_id), purchase_id=known.get(place),
            occurred_at=new.occurred_at, zone=companies.current().zone, actor=actor, now=now,
        )  # fmt: skip
        if some:
            begun[place] = some
    return begun


def _happenings(state: _Batch, earned: dict[UUID, list[Earned]]) -> Iterator[Happening]:
    for id, new in state.fresh.values():
        for given in earned.get(id, ()):
            yield Happening(
                "points.earned", new.occurred_at, new.customer_id, ids.public("occ", id),
                {"posting": f"pos_{given.posting_id}", "points": given.points,
                 "currency": given.currency, "event": new.name}
                | ({"subject": new.subject} if new.subject else {}),
            )  # fmt: skip


def begun_happenings(begun: Sequence[Begun]) -> Iterator[Happening]:
    """Points that waited can be used from then on."""
    for one in begun:
        yield Happening(
            "points.begun", one.active_at, one.customer_id, ids.public("lot", one.lot_id),
            {"points": one.points},
        )  # fmt: skip


def _answer_known(state: _Batch) -> None:
    """What was there already is answered with what it earned then."""
    known = {place: one for place, one in state.outcomes.items() if one.state == "known"}
    earned = reads.earned_by_events(one.id for one in known.values() if one.id)
    for place, one in known.items():
        assert one.id is not None
        given = tuple(
            Earned(None, posting, currency, points, 0)
            for posting, currency, points in earned.get(one.id, ())
        )
        state.outcomes[place] = Outcome("known", one.key, one.id, one.customer_id, given)
    for place, first in state.twice.items():
        if place not in state.outcomes:
            before = state.outcomes[first]
            repeats = before.state in ("new", "known")
            state.outcomes[place] = Outcome(
                "known" if repeats else before.state, before.key, before.id, before.customer_id,
                before.earned, error=before.error,
            )  # fmt: skip
