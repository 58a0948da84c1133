"""A purchase that was put right earns the difference: one posting of what it earns now beyond what
it has earned so far, or one that takes back what is too much.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from clientela.loyalty.actions import limits, taking_back
from clientela.loyalty.actions.awarded import Lots
from clientela.loyalty.actions.earning import Basis, TakenBack, attributes_of, book, computed
from clientela.loyalty.actions.taking_back import Cause
from clientela.loyalty.models import Lot
from clientela.loyalty.queries.ledger import Earned, EarnedBy, Scheme
from clientela.loyalty.rules import amending as rules
from clientela.loyalty.rules import lives
from clientela.loyalty.rules.asking import Answers
from clientela.loyalty.rules.awards import BY_AMENDED, Award, Part, Step
from clientela.loyalty.rules.baskets import counted
from clientela.loyalty.rules.tiers import Lift
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

FORGIVING = "clamp"


@needs_transaction
def give_all_up(
    earned: Sequence[Sequence[EarnedBy]], *, cause: Cause, actor: Actor, now: datetime
) -> None:
    """Take all that a purchase has earned, whatever is missing: to see what it would earn anew."""
    taken: list[TakenBack] = []
    for several in earned:
        forgiving = [replace(one, policy=FORGIVING) for one in several]
        taken += taking_back.take_down(
            forgiving, worth=0, steps=[], cause=cause, back_minor=0, actor=actor, now=now
        )
    limits.free(customer_ids=cause.family, postings=[one.posting_id for one in taken])


def lifted(basis: Basis, lift: Lift) -> Basis:
    """As if its customer had stood on another tier."""
    return basis._replace(lifts=(lift,))


@needs_transaction
def anew(basis: Basis, *, scheme: Scheme, answers: Answers, now: datetime) -> Award:
    """What it earns within caps and budgets, as if it had never earned; pauses come later."""
    awards = computed([basis], scheme=scheme, answers=answers)
    if scheme.has_limits:
        awards = limits.bounded(awards, scheme=scheme, now=now, attributes=attributes_of([basis]))
    return awards[0]


@needs_transaction
def book_difference(
    award: Award, basis: Basis, several: Sequence[EarnedBy], *, scheme: Scheme, cause: Cause,
    answers: Answers, actor: Actor, now: datetime,
) -> tuple[list[Earned], list[TakenBack]]:  # fmt: skip
    """Book what `award` differs from what these postings of its currency have left; nothing where
    it does not.
    """
    had, by = sum(one.left for one in several), sum(one.money_left for one in several)
    if award.points < had:
        worth = [step for step in award.steps if step.version_id > 0]
        minor = by - counted(basis.seen(), scheme.terms.switches, scheme.terms.home)
        return [], taking_back.take_down(
            several, worth=award.points, steps=worth, cause=cause, back_minor=minor, actor=actor,
            now=now, marks=[Step(BY_AMENDED, award.points, award.points - had)],
        )  # fmt: skip
    if award.points == had:
        return [], []
    more = difference(award, several, scheme=scheme, now=now) if had else award
    if scheme.has_limits:
        [more] = limits.within(
            [more], scheme=scheme, now=now, attributes=attributes_of([basis])
        )  # fmt: skip
    basis = basis._replace(counted_before=by)
    return book([more], [basis], scheme=scheme, actor=actor, now=now, answers=answers), []


def difference(
    award: Award, several: Sequence[EarnedBy], *, scheme: Scheme, now: datetime
) -> Award:
    """The award less what these postings have left, rule by rule."""
    lots = Lots(scheme, now)

    def kind_of(part: Part) -> Hashable:
        life = None if part.life is None else json.dumps(lives.written(part.life), sort_keys=True)
        return life, part.cashable, lots.active_at(award, part)

    return rules.difference(
        award, rules.summed([rules.left_of(one.steps, one.last_steps) for one in several]),
        sum(one.left for one in several), _lots_of(several), kind_of,
    )  # fmt: skip


def _lots_of(several: Sequence[EarnedBy]) -> Mapping[Hashable, int]:
    """What was earned before, by the kind of its lots."""
    found: Counter[Hashable] = Counter()
    rows = Lot.objects.filter(
        customer_id__in={one.customer_id for one in several},
        posting_id__in=[one.posting_id for one in several],
    )
    for lot in rows:
        life = None if lot.life is None else json.dumps(lot.life, sort_keys=True)
        found[life, lot.cashable, lot.active_at] += lot.amount
    return found
