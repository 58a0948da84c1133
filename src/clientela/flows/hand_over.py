"""Things, credits and miles are handed over or booked; if they cannot be, the points go back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from clientela.events import actions as events
from clientela.events.actions import Happening
from clientela.flows import redeem_reward
from clientela.flows.told_rewards import benefit_facts
from clientela.loyalty.actions import benefits
from clientela.loyalty.models import Benefit, BenefitStep
from clientela.loyalty.queries import rewards
from clientela.platform import transactions
from clientela.platform.http.actors import Actor

Kind = BenefitStep.Kind


@transactions.retried
def answer_benefit(
    benefit_id: UUID, *, given: bool, reference: str = "", actor: Actor, now: datetime,
    request: str = "",
) -> Benefit:  # fmt: skip
    """Say that it was handed over or booked, under the reference of the shop, the bill or the
    partner; or refuse it, and the points go back. BenefitAnswered the second time.
    """
    with transactions.open():
        benefit = benefits.lock(benefit_id)
        kind = Kind.GIVEN if given else Kind.REFUSED
        benefits.answer(benefit, kind, reference=reference, actor=actor, now=now)
        told = Happening(f"benefit.{kind}", now, benefit.customer_id, benefit.public_id,
                         benefit_facts(benefit))  # fmt: skip
        events.emit([told], actor=actor, now=now, request=request)
        if not given:
            redeem_reward.reverse_redemption(
                benefit.redemption_id, cause=reference, actor=actor, now=now, request=request
            )
    return rewards.benefit_of(benefit.redemption) or benefit
