"""The text of a rule, read into what is computed with; what cannot be used is named by its member.

Base rules give points: `per_money` (points for every `per` of the purchase's own currency),
`per_unit`, `per_purchase`, and `event` for what is no purchase. `multiply` (num/den) and `bonus`
come on top of them; `factor` is the multiplier of a tier. Any of them may say

    of         {"products", "categories", "tags"}: only what the purchase has of these
    when       a condition, see `rules.asking`
    first_day, last_day   local days, both included
    life, waits, cashable of the points it gives, where they are not as the currency's
    exclusive  of multipliers and bonuses: whatever is not exclusive does not count beside it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Any

from clientela.loyalty.rules import awards, lives
from clientela.loyalty.rules.awards import Waits
from clientela.loyalty.rules.lives import Life

POINTS_PER_MAX = 10**6
PER_MAX = Decimal(10**9)
FACTOR_MAX = 100
NAMED_MAX = 200
LEAVES_MAX = 60  # the answers of one condition are kept in one number
NAME_LENGTH_MAX = 60


class BadRule(ValueError):
    """`args[0]` names the member of the rule that cannot be used."""


class Earn(StrEnum):
    PER_MONEY = "per_money"
    PER_UNIT = "per_unit"
    PER_PURCHASE = "per_purchase"
    EVENT = "event"
    FACTOR = "factor"
    MULTIPLY = "multiply"
    BONUS = "bonus"


BASE = (Earn.PER_MONEY, Earn.PER_UNIT, Earn.PER_PURCHASE, Earn.EVENT)
TIMES = (Earn.FACTOR, Earn.MULTIPLY)
OWN: Mapping[Earn, tuple[str, ...]] = {
    Earn.PER_MONEY: ("points", "per"), Earn.PER_UNIT: ("points",),
    Earn.PER_PURCHASE: ("points",), Earn.EVENT: ("points", "event"),
    Earn.FACTOR: ("num", "den"), Earn.MULTIPLY: ("num", "den", "exclusive"),
    Earn.BONUS: ("points", "exclusive"),
}  # fmt: skip
SHARED = ("earn", "of", "when", "first_day", "last_day", "life", "waits", "cashable", "caps")


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a purchase a rule is for: lines with any of these; empty members ask nothing."""

    products: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """A version of a rule as it is computed with. `caps` is read by `rules.limits`."""

    version_id: int
    earn: Earn
    points: int = 0
    per: Decimal = Decimal(1)
    factor: Fraction = Fraction(1)
    rule_id: int = 0
    priority: int = 0
    scope: Scope | None = None
    when: Any = None
    event: str = ""
    exclusive: bool = False
    first_day: date | None = None
    last_day: date | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    life: Life | None = None
    waits: Waits | None = None
    cashable: bool | None = None
    caps: Any = None

    @property
    def is_base(self) -> bool:
        return self.earn in BASE

    @property
    def shapes_its_points(self) -> bool:
        """Whether it says anything of the points it gives."""
        return self.life is not None or self.waits is not None or self.cashable is not None

    def rate(self, exponent: int) -> Fraction:
        """Points for one minor unit of a currency with this exponent."""
        scale: int = 10**exponent
        return Fraction(self.points) / (Fraction(self.per) * scale)


def read(
    version_id: int, body: Mapping[str, Any], *, rule_id: int = 0, priority: int = 0,
    starts_at: datetime | None = None, ends_at: datetime | None = None,
) -> Rule:  # fmt: skip
    """A rule from its stored text; BadRule names the member that cannot be used."""
    earn = _earn(body)
    if unknown := set(body) - {*SHARED, *OWN[earn]}:
        raise BadRule(min(unknown))
    first, last = _day(body, "first_day"), _day(body, "last_day")
    if first and last and first > last:
        raise BadRule("last_day")
    return Rule(
        version_id, earn,
        points=_whole(body, "points") if "points" in OWN[earn] else 0,
        per=_per(body) if earn is Earn.PER_MONEY else Decimal(1),
        factor=_factor(body) if earn in TIMES else Fraction(1),
        rule_id=rule_id, priority=priority, scope=_scope(body), when=_when(body),
        event=_event(body) if earn is Earn.EVENT else "",
        exclusive=_flag(body, "exclusive") or False,
        first_day=first, last_day=last, starts_at=starts_at, ends_at=ends_at,
        life=_life(body), waits=_waits(body), cashable=_flag(body, "cashable"),
        caps=body.get("caps"),
    )  # fmt: skip


def leaves(when: Any) -> list[Mapping[str, Any]]:
    """The questions of a condition's tree, in its order; one about related rows is one."""
    if not isinstance(when, Mapping):
        return []
    for name in ("all", "any"):
        if isinstance(when.get(name), list):
            return [leaf for part in when[name] for leaf in leaves(part)]
    return leaves(when["not"]) if "not" in when else [when] if when else []


def _earn(body: Mapping[str, Any]) -> Earn:
    try:
        return Earn(body.get("earn", ""))
    except ValueError:
        raise BadRule("earn") from None


def _whole(body: Mapping[str, Any], name: str) -> int:
    part = body.get(name)
    if not isinstance(part, int) or isinstance(part, bool) or not 0 < part <= POINTS_PER_MAX:
        raise BadRule(name)
    return part


def _per(body: Mapping[str, Any]) -> Decimal:
    try:
        per = Decimal(str(body.get("per")))
    except InvalidOperation:
        raise BadRule("per") from None
    if not per.is_finite() or not 0 < per <= PER_MAX or per != round(per, 4):
        raise BadRule("per")
    return per


def _factor(body: Mapping[str, Any]) -> Fraction:
    factor = Fraction(_whole(body, "num"), _whole(body, "den"))
    if factor > FACTOR_MAX:
        raise BadRule("num")
    return factor


def _scope(body: Mapping[str, Any]) -> Scope | None:
    of = body.get("of")
    if of is None:
        return None
    if not isinstance(of, Mapping) or not of:
        raise BadRule("of")
    if unknown := set(of) - {"products", "categories", "tags"}:
        raise BadRule(f"of.{min(unknown)}")
    return Scope(**{name: _names(several, f"of.{name}") for name, several in of.items()})


def _names(several: Any, field: str) -> frozenset[str]:
    fits = isinstance(several, list) and 0 < len(several) <= NAMED_MAX
    if not fits or not all(isinstance(one, str) and one.strip() for one in several):
        raise BadRule(field)
    return frozenset(one.strip().lower() for one in several)


def _when(body: Mapping[str, Any]) -> Any:
    when = body.get("when")
    if when is None:
        return None
    if not isinstance(when, Mapping) or not 0 < len(leaves(when)) <= LEAVES_MAX:
        raise BadRule("when")
    return when


def _event(body: Mapping[str, Any]) -> str:
    event = body.get("event")
    if not isinstance(event, str) or not 0 < len(event) <= NAME_LENGTH_MAX:
        raise BadRule("event")
    return event


def _flag(body: Mapping[str, Any], name: str) -> bool | None:
    flag = body.get(name)
    if flag is not None and not isinstance(flag, bool):
        raise BadRule(name)
    return flag


def _day(body: Mapping[str, Any], name: str) -> date | None:
    written = body.get(name)
    try:
        return None if written is None else date.fromisoformat(written)
    except (TypeError, ValueError):
        raise BadRule(name) from None


def _life(body: Mapping[str, Any]) -> Life | None:
    if body.get("life") is None:
        return None
    if not isinstance(body["life"], Mapping):
        raise BadRule("life")
    try:
        return lives.read(body["life"])
    except lives.BadLife as fault:
        raise BadRule(f"life.{fault}") from None


def _waits(body: Mapping[str, Any]) -> Waits | None:
    if body.get("waits") is None:
        return None
    if not isinstance(body["waits"], Mapping):
        raise BadRule("waits")
    try:
        return awards.read_waits(body["waits"])
    except awards.BadWaits as fault:
        raise BadRule(f"waits.{fault}") from None
