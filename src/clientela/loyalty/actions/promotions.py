"""Promotions are set up and ended; their budgets are taken from and given back to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from clientela.loyalty.models import Budget, Currency, Promotion, PromotionRule, Rule
from clientela.loyalty.queries import promotions as queries
from clientela.loyalty.queries.ledger import Scheme
from clientela.loyalty.rules import budgets as rules
from clientela.loyalty.rules import limits
from clientela.loyalty.rules.awards import Award
from clientela.loyalty.rules.budgets import Allowance
from clientela.platform import sql
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

BUDGET_MAX = 10**12
KEY_LENGTH_MAX = 40
Attributes = Callable[[Award], Mapping[str, str]]


class PromotionHasEnded(Problem):
    code = "promotion-has-ended"
    status = 409
    title = "This promotion has ended"


class BudgetIsUsed(Problem):
    code = "budget-is-used"
    status = 409
    title = "More of this budget is used already"


@dataclass(frozen=True, slots=True)
class BudgetValues:
    """`unit` "" has no budget."""

    unit: str = ""
    most: int | None = None
    per: str = "all"
    mode: str = "reject"


@dataclass(frozen=True, slots=True)
class PromotionValues:
    """A promotion as it is to be; `rules`: each with key, labels and body."""

    key: str
    labels: Mapping[str, str]
    rules: Sequence[Mapping[str, Any]]
    first_day: date | None = None
    last_day: date | None = None
    audience: Mapping[str, Any] | None = None
    budget: BudgetValues = field(default_factory=BudgetValues)


@needs_transaction
def save(
    values: PromotionValues, *, currency: Currency, actor: Actor, now: datetime
) -> tuple[Promotion, str]:
    """The promotion with this key, new or changed; its rules are published by the caller."""
    _check(values)
    stored: dict[str, Any] = {
        "labels": dict(values.labels), "first_day": values.first_day,
        "last_day": values.last_day, "audience": values.audience or None,
        "budget_unit": values.budget.unit, "budget_most": values.budget.most,
        "budget_per": values.budget.per, "budget_mode": values.budget.mode,
    }  # fmt: skip
    found = Promotion.objects.select_for_update().filter(currency=currency, key=values.key).first()
    if found is None:
        made = Promotion.objects.create(
            currency=currency, key=values.key, made_at=now, made_by=actor.id, **stored
        )
        return made, "new"
    if found.ended_at is not None:
        raise PromotionHasEnded(field="key")
    _refuse_other_measure(found, values.budget)
    Promotion.objects.filter(pk=found.pk).update(**stored)
    if values.budget.most is not None:
        _resize(found, values.budget.most)
    found.refresh_from_db()
    return found, "changed"


def _check(values: PromotionValues) -> None:
    if not 0 < len(values.key) <= KEY_LENGTH_MAX:
        raise InvalidInput("A promotion needs a key of at most 40 characters.", field="key")
    if values.first_day and values.last_day and values.last_day < values.first_day:
        raise InvalidInput("A promotion ends after it begins.", field="last_day")
    if not values.rules:
        raise InvalidInput("A promotion has at least one rule.", field="rules")
    _check_budget(values.budget)


def _check_budget(budget: BudgetValues) -> None:
    if not budget.unit:
        if budget.most is not None:
            raise InvalidInput("Say what the budget counts.", field="budget.unit")
        return
    for name, value, known in (
        ("unit", budget.unit, Promotion.Unit), ("per", budget.per, Promotion.Per),
        ("mode", budget.mode, Promotion.Mode),
    ):  # fmt: skip
        if value not in known.values:
            raise InvalidInput(f"Use one of {', '.join(known.values)}.", field=f"budget.{name}")
    most = budget.most
    if isinstance(most, bool) or most is None or not 0 < most <= BUDGET_MAX:
        raise InvalidInput("A budget allows at least 1.", field="budget.most")


def _refuse_other_measure(found: Promotion, budget: BudgetValues) -> None:
    """What was used is counted in one measure; only how much there is may change."""
    same = (found.budget_unit, found.budget_per) == (budget.unit, budget.per)
    if not same and found.budgets.filter(used__gt=0).exists():
        raise BudgetIsUsed("Some is used: what the budget counts stays.", field="budget.unit")


def _resize(found: Promotion, most: int) -> None:
    used = max(found.budgets.values_list("used", flat=True), default=0)
    if used > most:
        raise BudgetIsUsed(f"{used} are used already.", field="budget.most", used=used)
    found.budgets.update(most=most)


@needs_transaction
def attach(promotion: Promotion, rule: Rule, body: Mapping[str, Any]) -> None:
    """A rule is of this promotion from now on; of no other."""
    known = PromotionRule.objects.filter(rule=rule).exclude(promotion=promotion)
    if known.exists() or (
        rule.versions.count() > 1 and not PromotionRule.objects.filter(rule=rule).exists()
    ):
        raise InvalidInput("This key names a rule of its own.", field="rules.key")
    PromotionRule.objects.update_or_create(
        rule=rule, defaults={"promotion": promotion, "body": dict(body)}
    )


@needs_transaction
def end(promotion: Promotion, *, actor: Actor, now: datetime) -> None:
    """Its rules give nothing from now on; what they gave stays."""
    rows = Promotion.objects.filter(pk=promotion.pk, ended_at=None)
    if not rows.update(ended_at=now, ended_by=actor.id):
        raise PromotionHasEnded
    Rule.objects.filter(promotion_part__promotion=promotion, ended_at=None).update(ended_at=now)
    promotion.refresh_from_db()


@needs_transaction
def within_budgets(
    awards: Sequence[Award], *, scheme: Scheme, attributes: Attributes
) -> list[Award]:
    """The awards as far as the budgets of promotions go; what happened first uses first.

    Budgets are locked here in order of their id, after accounts and counters.
    """
    allowances = [
        one for one in queries.allowances(scheme.currency_id)
        if any(limits.share_of(award, one) > 0 for award in awards)
    ]  # fmt: skip
    if not allowances:
        return list(awards)
    purses = _Purses(awards, allowances, attributes)
    done = list(awards)
    for place in sorted(range(len(awards)), key=lambda at: (awards[at].occurred_at, at)):
        for allowance in allowances:
            done[place] = purses.take(done[place], allowance)
    purses.write()
    return done


class _Purses:
    """The budgets a batch may use, opened and locked; what is used of them is written once."""

    def __init__(
        self, awards: Sequence[Award], allowances: Sequence[Allowance], attributes: Attributes
    ) -> None:
        self._attributes = attributes
        keys = sorted({
            (one.promotion_id, self._value(award, one)) for award in awards for one in allowances
            if limits.share_of(award, one) > 0
        })  # fmt: skip
        most = {one.promotion_id: one.most for one in allowances}
        Budget.objects.bulk_create(
            (Budget(promotion_id=promotion, value=value, most=most[promotion])
             for promotion, value in keys),
            ignore_conflicts=True,
        )  # fmt: skip
        rows = Budget.objects.select_for_update(no_key=True).filter(promotion_id__in=list(most))
        self._rows = {
            (row.promotion_id, row.value): row for row in rows.order_by("id")
            if (row.promotion_id, row.value) in set(keys)
        }  # fmt: skip
        self._more: defaultdict[int, int] = defaultdict(int)

    def _value(self, award: Award, allowance: Allowance) -> str:
        return "" if allowance.per == "all" else self._attributes(award).get(allowance.per, "")

    def take(self, award: Award, allowance: Allowance) -> Award:
        row = self._rows.get((allowance.promotion_id, self._value(award, allowance)))
        if row is None:
            return award
        award, used = rules.within(award, allowance, row.used + self._more[row.id])
        self._more[row.id] += used
        return award

    def write(self) -> None:
        """Each is taken only as far as it goes: the table refuses what is more."""
        rows = [(id, more) for id, more in sorted(self._more.items()) if more]
        if rows:
            sql.statement("loyalty", "take_budgets").run(
                size=len(rows), **sql.columns(rows, ("id", "more"))
            )


@needs_transaction
def free_budgets(*, customer_ids: Sequence[Any], postings: Sequence[int]) -> None:
    """What these postings took back returns to the budgets it came from."""
    if postings and Promotion.objects.exclude(budget_unit="").exists():
        sql.statement("loyalty", "free_budgets").run(
            customers=list(customer_ids), postings=list(postings)
        )
