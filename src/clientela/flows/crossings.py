"""The purchase that reaches a tier, where its ladder says that it earns by that tier already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.flows import earning_facts
from clientela.loyalty.actions.earning import Basis, computed
from clientela.loyalty.models import Tier, TierSet
from clientela.loyalty.queries import tiers
from clientela.loyalty.queries.ledger import Scheme
from clientela.loyalty.rules.asking import Answers
from clientela.loyalty.rules.tiers import Lift
from clientela.staff.company import Company

INSTANT = timedelta(microseconds=1)
Points = Mapping[int, Sequence[int]]  # by kind of points, of each of the batch


def lifted(
    batch: Sequence[Basis], schemes: Sequence[Scheme], answers: Answers, *, company: Company,
    now: datetime, is_recorded: bool = True,
) -> tuple[list[Basis], Answers]:  # fmt: skip
    """The batch with the tiers its purchases reach by themselves, and answers that know of them.

    Measured at each purchase, itself included. Points of the purchase in hand count as the tier
    before gives them; those of earlier ones in the batch as they are earned.
    """
    crossed = [ladder for scheme in schemes for ladder in scheme.ladders]
    ladders = [ladder for ladder in crossed if ladder.crossing == TierSet.Crossing.AFTER]
    first = _points(batch, schemes, ladders, answers)
    found, told, earned = list(batch), answers, first
    for _step in range(max((one.tiers.count() for one in ladders), default=0)):
        raised = [basis._replace(lifts=()) for basis in batch]
        for ladder in ladders:
            figures = _figures(batch, ladder, first, earned, is_recorded=is_recorded)
            raised = _raised(raised, ladder, figures)
        if raised == found:
            break
        found = raised
        told = earning_facts.answers(found, schemes, company=company, now=now)
        earned = _points(found, schemes, ladders, told)
    return found, told


def _points(
    batch: Sequence[Basis], schemes: Sequence[Scheme], ladders: Sequence[TierSet], answers: Answers
) -> Points:
    """What each of the batch earns of the points that some of the ladders count."""
    wanted = {_counted(one) for one in ladders if one.measure == TierSet.Measure.POINTS}
    return {
        scheme.currency_id: [one.points for one in computed(batch, scheme=scheme, answers=answers)]
        for scheme in schemes if scheme.currency_id in wanted
    }  # fmt: skip


def _counted(ladder: TierSet) -> int:
    return ladder.counted_id or ladder.currency_id


def _figures(
    batch: Sequence[Basis], ladder: TierSet, first: Points, earned: Points, *, is_recorded: bool
) -> list[int]:
    """What the ladder counts of each customer at their purchase, that purchase included."""
    ends = [(basis.customer_id, basis.occurred_at + INSTANT) for basis in batch]
    zone = ZoneInfo(ladder.currency.programme.time_zone)
    figures = tiers.measured_at(ends, ladder=ladder, zone=zone)
    if ladder.measure == TierSet.Measure.POINTS:
        own = first.get(_counted(ladder), [0] * len(batch))
        before = _earlier(batch, earned.get(_counted(ladder), own))
        return [sum(parts) for parts in zip(figures, own, before, strict=True)]
    if is_recorded:
        return figures
    return [
        figure + _own(basis, ladder) for figure, basis in zip(figures, batch, strict=True)
    ]  # fmt: skip


def _earlier(batch: Sequence[Basis], points: Sequence[int]) -> list[int]:
    """What earlier purchases of the same customer earn in the batch, for each of it."""
    sums: Counter[UUID] = Counter()
    found = [0] * len(batch)
    for place in sorted(range(len(batch)), key=lambda place: (batch[place].occurred_at, place)):
        customer = batch[place].customer_id
        found[place] = sums[customer]
        sums[customer] += points[place]
    return found


def _own(basis: Basis, ladder: TierSet) -> int:
    """What a purchase that is not recorded yet would add."""
    bought = basis.seen()
    if ladder.measure == TierSet.Measure.PURCHASES:
        return int(bought.minor > 0)
    return bought.minor if bought.currency == ladder.money_code else 0


@dataclass(frozen=True, slots=True)
class _Ladder:
    """Its steps from the lowest on, as a lift names them."""

    steps: list[Tier]
    keys: frozenset[str]
    rule_ids: frozenset[int]

    @classmethod
    def of(cls, ladder: TierSet) -> _Ladder:
        steps = list(ladder.tiers.order_by("threshold"))
        rule_ids = (one.factor_rule_id for one in steps)
        return cls(
            steps, frozenset(one.key.lower() for one in steps),
            frozenset(id for id in rule_ids if id is not None),
        )  # fmt: skip

    def reached(self, figure: int, stood: frozenset[str]) -> Lift | None:
        """The step a figure reaches, where that is above the one that was stood on."""
        heights = [place for place, one in enumerate(self.steps) if one.threshold <= figure]
        stands = [place for place, one in enumerate(self.steps) if one.key.lower() in stood]
        if not heights or heights[-1] <= max(stands, default=-1):
            return None
        step = self.steps[heights[-1]]
        return Lift(step.key.lower(), step.factor_rule_id, self.keys, self.rule_ids)


def _raised(batch: Sequence[Basis], ladder: TierSet, figures: Sequence[int]) -> list[Basis]:
    known = _Ladder.of(ladder)
    stood = tiers.keys_at([(basis.customer_id, basis.occurred_at) for basis in batch])
    raised = []
    for basis, figure, keys in zip(batch, figures, stood, strict=True):
        lift = known.reached(figure, keys)
        raised.append(basis._replace(lifts=(*basis.lifts, lift)) if lift else basis)
    return raised
