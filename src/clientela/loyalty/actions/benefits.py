"""Things, credits, months and miles that rewards give: made, handed over or booked, refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.loyalty.models import Benefit, BenefitStep, Redemption
from clientela.platform import text
from clientela.platform.errors import NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction, refusing

REFERENCE_LENGTH_MAX = 200


class NoSuchBenefit(NotThere):
    code = "no-such-benefit"
    title = "Nothing of this kind was given"


class BenefitAnswered(Problem):
    code = "benefit-answered"
    status = 409
    title = "This has been handed over, booked or refused already"


@dataclass(frozen=True, slots=True)
class NewBenefit:
    """What is given. `is_open`: somebody has to hand it over or book it."""

    quantity: int = 1
    minor: int | None = None
    money_code: str = ""
    product_id: UUID | None = None
    product_name: str = ""
    holding_id: UUID | None = None
    policy_id: UUID | None = None
    purse_id: UUID | None = None
    partner: str = ""
    member: str = ""
    is_open: bool = True


@needs_transaction
def make(made: Redemption, new: NewBenefit, *, now: datetime) -> Benefit:
    values = {name: getattr(new, name) for name in NewBenefit.__slots__}
    return Benefit.objects.create(
        customer_id=made.customer_id, redemption=made, kind=made.kind, made_at=now, **values
    )


@needs_transaction
def lock(benefit_id: UUID) -> Benefit:
    found = (
        Benefit.objects.select_for_update(of=("self",), no_key=True)
        .select_related("redemption__reward__currency").filter(id=benefit_id).first()
    )  # fmt: skip
    if found is None:
        raise NoSuchBenefit
    return found


@needs_transaction
def answer(
    benefit: Benefit, kind: BenefitStep.Kind, *, reference: str = "", actor: Actor, now: datetime
) -> BenefitStep:
    """It was given, or it cannot be; once."""
    with refusing(a_benefit_is_answered_once=BenefitAnswered):
        step = BenefitStep.objects.create(
            customer_id=benefit.customer_id, benefit=benefit, kind=kind, actor=actor.id,
            reference=text.clean(reference)[:REFERENCE_LENGTH_MAX], taken_at=now,
        )  # fmt: skip
    close(benefit)
    return step


def close(benefit: Benefit) -> None:
    Benefit.objects.filter(id=benefit.id, customer_id=benefit.customer_id).update(is_open=False)
    benefit.is_open = False
