"""Reads of the points ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.customers.sight import seen
from clientela.loyalty.models import Account, Entry, Lot, Posting, RuleVersion, TierSet
from clientela.loyalty.queries import tiers
from clientela.loyalty.rules import bodies, earning, lives
from clientela.loyalty.rules.awards import BY_RATE, BY_TERMS, Waits, marked, read_waits
from clientela.loyalty.rules.baskets import Switches, read_switches
from clientela.loyalty.rules.bodies import Earn, Rule
from clientela.loyalty.rules.computing import Rounding, Stack, Terms
from clientela.platform import sql
from clientela.platform.errors import NotThere, Problem

SCHEMES_KEPT = 16  # versions of what is set up
LOTS_SHOWN = 20


class NoSuchPosting(NotThere):
    code = "no-such-posting"
    title = "There is no such posting"


class ProgrammeClosed(Problem):
    code = "programme-closed"
    status = 409
    title = "This programme is closed"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One currency and the rules that earn it; `has_factors`: a tier multiplies; `has_limits`:
    something bounds what is earned. `waits`: how long new points are not usable, where their rule
    does not say it. `lives_on`: points live on from what their owner earns, `longest` at most.
    `ladders_version`: that of the ladders and what they count.
    """

    currency_id: int
    code: str
    debt_max: int
    life: lives.Life
    waits: Waits | None
    terms: Terms
    has_factors: bool
    has_limits: bool
    has_referrals: bool
    lives_on: bool = False
    longest: lives.Life = lives.NEVER
    rules: tuple[Rule, ...] = ()
    has_tier_lives: bool = False  # a tier says how long its points can be used
    ladders: tuple[TierSet, ...] = ()  # to be read only: the same objects until a version ends
    ladders_version: int = 0

    @property
    def zone(self) -> tzinfo:
        return self.terms.zone

    @property
    def has_crossings(self) -> bool:
        """Whether the purchase that reaches a tier earns by it, on some ladder."""
        return any(ladder.crossing == TierSet.Crossing.AFTER for ladder in self.ladders)

    @property
    def is_asking(self) -> bool:
        """Whether any rule asks for something."""
        return any(rule.when is not None for rule in self.rules)

    def plain(self) -> list[earning.Published] | None:
        """Its rules as the short way computes them; None where that does not suffice."""
        if self.waits is not None or self.terms.switches != Switches():
            return None
        if self.has_tier_lives:
            return None
        bought = [rule for rule in self.rules if rule.earn is not Earn.EVENT]
        short = [earning.plain(rule) for rule in bought]
        return None if None in short else [rule for rule in short if rule is not None]


@dataclass(frozen=True, slots=True)
class EarnedBy:
    """What a purchase earned in one currency; `taken_before`: what returns took of it so far."""

    posting_id: int
    customer_id: UUID
    account_id: int
    currency_id: int
    currency: str
    rounding: Rounding
    policy: str
    version_ids: tuple[int, ...]
    looked_at: tuple[int, ...]
    points: int
    taken_before: int
    terms_id: int | None = None
    rate_id: int | None = None
    steps: tuple[int, ...] = ()
    last_steps: tuple[int, ...] | None = None  # of the last that took back: what was left then
    money_left: int = 0  # what counts of it by now, in minor units
    purchase_id: UUID | None = None

    @property
    def left(self) -> int:
        return self.points - self.taken_before


class Earned(NamedTuple):
    """What a purchase earned; `balance`: what the customer can use after the whole batch;
    `place`: which of the batch it is; `pending`: how many of the points cannot be used yet;
    `is_near`: whether the customer may reach a tier by them.
    """

    purchase_id: UUID | None
    posting_id: int
    currency: str
    points: int
    balance: int
    place: int = -1
    pending: int = 0
    is_near: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the ledger as people read it; `points` is signed, `balance` after it."""

    posting: Posting
    currency: str
    points: int
    balance: int


def schemes() -> list[Scheme]:
    """Every open currency with its published rules."""
    stamp = sql.statement("loyalty", "stamp").row()
    return list(_read_schemes(0) if stamp is None else _schemes_at(*stamp))


@lru_cache(maxsize=SCHEMES_KEPT)
def _schemes_at(_version: int, _mark: str, ladders: int) -> tuple[Scheme, ...]:
    return _read_schemes(ladders)


def _read_schemes(ladders: int) -> tuple[Scheme, ...]:
    found: dict[str, Scheme] = {}
    rules: dict[str, list[Rule]] = {}
    for currency, rule in sql.statement("loyalty", "scheme").rows():
        if currency not in found:
            found[currency], rules[currency] = _scheme(currency, ladders), []
        if rule is not None:
            rules[currency].append(_rule(rule))
    return tuple(replace(one, rules=tuple(rules[key])) for key, one in found.items())


def currency_of(posting_id: int) -> int:
    """Of which points a posting is."""
    return Posting.objects.values_list("currency_id", flat=True).get(id=posting_id)


def scheme_of(currency_id: int) -> Scheme:
    """One open currency with its rules."""
    for scheme in schemes():
        if scheme.currency_id == currency_id:
            return scheme
    raise ProgrammeClosed


def _scheme(written: str, ladders: int) -> Scheme:
    currency = json.loads(written)
    terms = Terms(
        Rounding(currency["rounding"]), Stack(currency["stack"]),
        read_switches(currency["basis"]), ZoneInfo(currency["time_zone"]),
        currency["home"], currency["terms_id"],
    )  # fmt: skip
    return Scheme(
        currency["id"], currency["code"], currency["debt_max"], lives.read(currency["life"]),
        read_waits(currency["waits"]), terms, currency["has_factors"],
        currency["has_limits"], currency["has_referrals"],
        currency["lives_on"], lives.read(currency["longest"]),
        has_tier_lives=currency["has_tier_lives"],
        ladders=tiers.ladders_of(currency["id"]), ladders_version=ladders,
    )  # fmt: skip


def _rule(written: str) -> Rule:
    rule = json.loads(written)
    starts, ends = (
        None if rule[name] is None else datetime.fromisoformat(rule[name])
        for name in ("starts_at", "ends_at")
    )
    return bodies.read(
        rule["version"], rule["body"], rule_id=rule["id"], priority=rule["priority"],
        starts_at=starts, ends_at=ends,
    )  # fmt: skip


def frozen(version_ids: Iterable[int]) -> list[Rule]:
    """Rule versions exactly as a posting used them, whenever they were in force."""
    listed = list(version_ids)
    versions = RuleVersion.objects.select_related("rule").in_bulk(listed)
    return [
        bodies.read(id, found.body, rule_id=found.rule_id, priority=found.rule.priority)
        for id in listed
        if (found := versions.get(id)) is not None
    ]


def earned_by(bought: Sequence[tuple[UUID, UUID]]) -> list[list[EarnedBy]]:
    """What several (customer, purchase) that are one, as one puts the other right, have earned
    together: the postings of each currency, the oldest first.
    """
    found: dict[int, list[EarnedBy]] = {}
    for earned in earned_by_each(bought):
        for one in earned:
            found.setdefault(one.currency_id, []).append(one)
    return [
        sorted(several, key=lambda one: one.posting_id) for _, several in sorted(found.items())
    ]  # fmt: skip


def earned_by_each(bought: Sequence[tuple[UUID, UUID]]) -> list[list[EarnedBy]]:
    """What each (customer, purchase) earned, by currency."""
    found: list[list[EarnedBy]] = [[] for _ in bought]
    rows = sql.statement("loyalty", "earned_by_each").rows(
        size=len(bought), customer_id=[one[0] for one in bought],
        purchase_id=[one[1] for one in bought],
    )  # fmt: skip
    for place, *row in rows:
        posting, customer, account, currency_id, code, rounding, policy, steps, looked, *sums = row
        points, taken_before, last, money_left = sums
        found[place - 1].append(EarnedBy(
            posting, customer, account, currency_id, code, Rounding(rounding), policy,
            tuple(dict.fromkeys(steps[::3])), tuple(looked), points, taken_before,
            marked(steps, BY_TERMS), marked(steps, BY_RATE), tuple(steps),
            None if last is None else tuple(last), money_left, bought[place - 1][1],
        ))  # fmt: skip
    return found


def earned_for(purchase_ids: Sequence[UUID]) -> list[Earned]:
    """What recorded purchases earned, with the balance as it is now."""
    rows = sql.statement("loyalty", "earned_for").rows(
        size=len(purchase_ids), purchase_ids=list(purchase_ids)
    )
    return [Earned(*row) for row in rows]


def accounts_of(family: Iterable[UUID]) -> list[Account]:
    accounts = Account.objects.filter(customer_id__in=list(family)).select_related("currency")
    return list(accounts.order_by("currency__code", "id"))


def ledger_of(
    family: Sequence[UUID], *, before: int | None = None, kinds: Sequence[str] = (),
    limit: int = 50,
) -> list[Row]:  # fmt: skip
    """The newest lines of the ledger, each with the balance after it, paged by entry id.

    The balance runs over all accounts of the family in one currency, whatever `kinds` are shown.
    """
    rows = sql.statement("loyalty", "ledger").rows(
        family=list(family), before=before, kinds=list(kinds) or None, limit=limit
    )
    postings = Posting.objects.in_bulk([posting for _, posting, _, _, _ in rows])
    return [
        Row(postings[posting], currency, points, balance)
        for _, posting, currency, points, balance in rows
    ]


def last_entry_id(rows: Sequence[Row]) -> int | None:
    if not rows:
        return None
    return Entry.objects.filter(posting_id=rows[-1].posting.id).values_list("id", flat=True).first()


def posting(posting_id: int) -> Posting:
    found = seen(Posting.objects.select_related("currency").filter(id=posting_id)).first()
    if found is None:
        raise NoSuchPosting
    return found


def points_of(posting_id: int) -> int:
    """What a posting moved, signed from the customer's side."""
    entry = Entry.objects.filter(posting_id=posting_id).first()
    if entry is None:
        return 0
    return entry.amount if entry.credit_id == entry.account_id else -entry.amount


def lots_of(found: Posting) -> list[Lot]:
    """What a posting made of its points, soonest over first."""
    rows = Lot.objects.filter(customer_id=found.customer_id, posting_id=found.id)
    return list(rows.order_by("expires_at", "active_at", "id")[:LOTS_SHOWN])


def owed() -> int:
    """Points given and not yet used, over all customers."""
    points: int = sql.statement("loyalty", "owed").value()
    return points
