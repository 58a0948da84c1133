"""What purchases earn that put another right: the difference, by one posting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.events import actions as events
from clientela.flows import baskets, crossings, earn_points, earning_facts, exchange
from clientela.flows.return_purchase import lost_tiers, taken_happenings
from clientela.flows.told_points import expired_happenings
from clientela.loyalty.actions import amending, limits, lives, taking_back
from clientela.loyalty.actions.earning import Basis, TakenBack
from clientela.loyalty.actions.taking_back import Cause
from clientela.loyalty.queries import ledger
from clientela.loyalty.queries.ledger import Earned, EarnedBy, Scheme
from clientela.loyalty.rules.asking import Answers
from clientela.loyalty.rules.awards import Award
from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.purchases import queries
from clientela.purchases.actions import Fresh
from clientela.purchases.models import Purchase
from clientela.staff.company import Company


def earn(
    fresh: Sequence[Fresh], *, schemes: Sequence[Scheme], company: Company, actor: Actor,
    now: datetime,
) -> dict[UUID, tuple[Earned, ...]]:  # fmt: skip
    """What purchases earn as they are recorded, those among them too that put another right."""
    plain = [one for one in fresh if not one.purchase.puts_right]
    found = earn_points.earn(plain, schemes=schemes, company=company, actor=actor, now=now)
    if len(plain) < len(fresh) and company.is_on("loyalty"):
        for one in fresh:
            if one.purchase.puts_right:
                work = Amending(one, schemes, company, actor, now)
                if earned := work.book():
                    found[one.id] = tuple(earned)
    return found


@dataclass
class Amending:
    """One purchase that puts another right."""

    one: Fresh
    schemes: Sequence[Scheme]
    company: Company
    actor: Actor
    now: datetime
    together: list[Purchase] = field(init=False)
    earned: list[list[EarnedBy]] = field(init=False)
    cause: Cause = field(init=False)

    def __post_init__(self) -> None:
        family = customers.family_of(self.one.purchase.customer_id)
        self.together = queries.put_right(queries.get(self.one.id), family=family)
        self.cause = Cause(self.one.id, self.one.body_hash, self.now, family)

    def book(self) -> list[Earned]:
        expired = lives.settle(self.cause.family, actor=self.actor, now=self.now)
        bought = [(one.customer_id, one.id) for one in self.together]
        self.earned = ledger.earned_by(bought)
        basis, answers, awards = transactions.tried(self._anew, self._basis())
        earned: list[Earned] = []
        taken: list[TakenBack] = []
        for scheme, award in zip(self.schemes, awards, strict=True):
            more, less = amending.book_difference(
                award, basis, self._before(scheme.currency_id), scheme=scheme, cause=self.cause,
                answers=answers, actor=self.actor, now=self.now,
            )  # fmt: skip
            earned += more
            taken += less
        taken += self._closed(basis)
        limits.free(
            customer_ids=self.cause.family, postings=[one.posting_id for one in taken]
        )  # fmt: skip
        subject, customer = self.together[-1].public_id, self.one.purchase.customer_id
        events.emit(
            [*taken_happenings(taken, self.now, customer, subject), *expired_happenings(expired),
             *lost_tiers(self.together, actor=self.actor, now=self.now)],
            actor=self.actor, now=self.now,
        )  # fmt: skip
        return earned

    def _before(self, currency_id: int) -> list[EarnedBy]:
        return next((some for some in self.earned if some[0].currency_id == currency_id), [])

    def _basis(self) -> Basis:
        """What is left of the sale, as one; it earns by the rules of when it was bought."""
        new, basket = self.one.purchase, baskets.of_together(self.together)
        basis = Basis(
            purchase_id=self.one.id, customer_id=new.customer_id, occurred_at=new.purchased_at,
            minor=basket.minor, currency=new.currency, body_hash=self.one.body_hash,
            channel=new.channel, basket=basket,
        )  # fmt: skip
        [rated] = exchange.with_rates([basis], self.schemes)
        return rated

    def _anew(self, basis: Basis) -> tuple[Basis, Answers, list[Award]]:
        """What it would earn had it never earned before: counters, budgets and tiers as if all had
        been taken back first.
        """
        amending.give_all_up(self.earned, cause=self.cause, actor=self.actor, now=self.now)
        answers = earning_facts.answers(
            [basis], self.schemes, company=self.company, now=self.now
        )  # fmt: skip
        if any(scheme.has_crossings for scheme in self.schemes):
            [basis], answers = crossings.lifted(
                [basis], self.schemes, answers, company=self.company, now=self.now
            )
        return basis, answers, [
            amending.anew(basis, scheme=scheme, answers=answers, now=self.now)
            for scheme in self.schemes
        ]  # fmt: skip

    def _closed(self, basis: Basis) -> list[TakenBack]:
        """Points of programmes that are closed: only what it does not earn any more is taken."""
        opened = {scheme.currency_id for scheme in self.schemes}
        taken: list[TakenBack] = []
        for several in self.earned:
            if several[0].currency_id not in opened:
                worth, steps = taking_back.worth_of(basis.seen(), earned=several[-1])
                taken += taking_back.take_down(
                    several, worth=worth, steps=steps, cause=self.cause, back_minor=0,
                    actor=self.actor, now=self.now,
                )  # fmt: skip
        return taken
