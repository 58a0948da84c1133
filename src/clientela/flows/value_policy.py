"""What a policy is worth on a day, and how long it lives: value and longevity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.platform import ids, transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies
from clientela.warranty.actions import policies
from clientela.warranty.models.covered import Cancellation, Policy
from clientela.warranty.queries import cases
from clientela.warranty.queries.cases import Case, PolicyOf
from clientela.warranty.rules import refunds, spans
from clientela.warranty.rules.refunds import Refund


class AlreadyCancelled(Problem):
    code = "already-cancelled"
    status = 409
    title = "This policy was cancelled before, in another way"


@dataclass(frozen=True, slots=True)
class Value:
    """A policy as it stands on `on`. `last_on` is its last covered day, `days_left` from `on`."""

    case: Case
    policy: PolicyOf
    on: date
    last_on: date
    days_left: int
    days_total: int
    earned_minor: int
    refund: Refund
    cancellation: Cancellation | None

    @property
    def is_over(self) -> bool:
        return self.days_left < 0

    @property
    def left_minor(self) -> int | None:
        """What its caps leave for the next claim; None: no cap."""
        caps = [limit.left_minor for limit in self.policy.limits if limit.kind == "cap"]
        return min(caps, default=None)


def value_of(number: str, *, now: datetime, on: date | None = None) -> Value:
    """Value and longevity of a policy, today or on another day."""
    policy = cases.policy(number)
    day = on or companies.current().today(now)
    case = cases.of_holding(policy.holding_id)
    assert case is not None
    return valued(case, policy, on=day)


def valued(case: Case, policy: Policy, *, on: date) -> Value:
    found = case.policy(policy.id)
    assert found is not None
    last_on = found.ends_on - spans.DAY
    if found.cancelled_on is not None:
        last_on = min(last_on, found.cancelled_on - spans.DAY)
    return Value(
        case=case, policy=found, on=on, last_on=last_on, days_left=(last_on - on).days,
        days_total=(found.ends_on - found.starts_on).days,
        earned_minor=refunds.earned_minor(policies.paid(found), min(on, last_on + spans.DAY)),
        refund=policies.refund_of(found, on=on), cancellation=cases.cancellation_of(policy),
    )  # fmt: skip


@transactions.retried
def cancel_policy(
    number: str, *, on: date | None, reason: str, by_us: bool, actor: Actor, now: datetime,
    request: str = "",
) -> tuple[Value, Cancellation, bool]:  # fmt: skip
    """End a policy with its refund. It is cancelled once: a repeat answers with the first."""
    company = companies.current()
    day = on or company.today(now)
    with transactions.open():
        policy = cases.policy(number)
        policies.lock(policy.customer_id, policy.holding_id)
        case = cases.of_holding(policy.holding_id)
        assert case is not None
        before = cases.cancellation_of(policy)
        if before is not None:
            if on is not None and before.effective_on != on:
                raise AlreadyCancelled(f"It ended on {before.effective_on}.", field="on")
            return valued(case, policy, on=day), before, False
        if day < policy.sold_on:
            raise InvalidInput(f"It was sold on {policy.sold_on}.", field="on")
        cancellation = end(case, policy, on=day, reason=reason, by_us=by_us, actor=actor, now=now,
                           request=request)  # fmt: skip
        after = cases.of_holding(policy.holding_id)
        assert after is not None
    return valued(after, policy, on=day), cancellation, True


def end(
    case: Case, policy: Policy, *, on: date, reason: str, by_us: bool, actor: Actor,
    now: datetime, request: str = "",
) -> Cancellation:  # fmt: skip
    """Cancel and tell of it."""
    found = case.policy(policy.id)
    assert found is not None
    made, is_new = policies.cancel(found, on=on, reason=reason, by_us=by_us, actor=actor, now=now)
    if is_new:
        told = Happening(
            "policy.cancelled", now, policy.customer_id, ids.public("pol", policy.id),
            {"policy": policy.shown, "plan": found.names.get("en", found.plan),
             "refund_minor": made.refund_minor, "currency": policy.currency},
        )  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
    return made
