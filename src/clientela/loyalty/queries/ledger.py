"""Reads of the points ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from clientela.customers.sight import seen
from clientela.loyalty.models import Account, Entry, Posting, RuleVersion
from clientela.loyalty.rules import earning as rules
from clientela.loyalty.rules import lives
from clientela.platform import sql
from clientela.platform.errors import NotThere


class NoSuchPosting(NotThere):
    code = "no-such-posting"
    title = "There is no such posting"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One currency and the rules that earn it; `has_tiers`: there is a ladder on it."""

    currency_id: int
    code: str
    rounding: rules.Rounding
    debt_max: int
    life: lives.Life
    zone: ZoneInfo
    has_tiers: bool
    rules: tuple[rules.Published, ...]


@dataclass(frozen=True, slots=True)
class EarnedBy:
    """What a purchase earned in one currency; `taken_before`: what returns took of it so far."""

    posting_id: int
    customer_id: UUID
    account_id: int
    currency_id: int
    currency: str
    rounding: rules.Rounding
    policy: str
    version_ids: tuple[int, ...]
    points: int
    taken_before: int


@dataclass(frozen=True, slots=True)
class Earned:
    """What a purchase earned; `balance`: what the customer can use after the whole batch."""

    purchase_id: UUID
    posting_id: int
    currency: str
    points: int
    balance: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the ledger as people read it; `points` is signed, `balance` after it."""

    posting: Posting
    currency: str
    points: int
    balance: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the road to a posting's figure."""

    rule: str
    labels: dict[str, str]
    version: int
    body: dict[str, Any]
    before: int
    after: int


def schemes() -> list[Scheme]:
    """Every open currency with its published rules."""
    found: dict[int, Scheme] = {}
    for currency, rule in sql.statement("loyalty", "scheme").rows():
        read = _scheme(json.loads(currency))
        known = found.setdefault(read.currency_id, read)
        if rule is not None:
            rules_ = (*known.rules, _rule(json.loads(rule)))
            found[known.currency_id] = replace(known, rules=rules_)
    return list(found.values())


def _scheme(currency: dict[str, Any]) -> Scheme:
    return Scheme(
        currency["id"], currency["code"], rules.Rounding(currency["rounding"]),
        currency["debt_max"], lives.read(currency["life"]), ZoneInfo(currency["time_zone"]),
        currency["has_tiers"], (),
    )  # fmt: skip


def _rule(rule: dict[str, Any]) -> rules.Published:
    starts, ends = (
        None if rule[name] is None else datetime.fromisoformat(rule[name])
        for name in ("starts_at", "ends_at")
    )
    return rules.read(
        rule["version"], rule["body"], rule_id=rule["id"], starts_at=starts, ends_at=ends
    )


def frozen(version_ids: Iterable[int]) -> list[rules.Published]:
    """Rule versions exactly as a posting used them, whatever their dates."""
    versions = RuleVersion.objects.in_bulk(list(version_ids))
    return [rules.read(id, versions[id].body) for id in version_ids]


def earned_by(*, customer_id: UUID, purchase_id: UUID) -> list[EarnedBy]:
    [earned] = earned_by_each([(customer_id, purchase_id)])
    return earned


def earned_by_each(bought: Sequence[tuple[UUID, UUID]]) -> list[list[EarnedBy]]:
    """What each (customer, purchase) earned, by currency."""
    found: list[list[EarnedBy]] = [[] for _ in bought]
    rows = sql.statement("loyalty", "earned_by_each").rows(
        size=len(bought), customer_id=[one[0] for one in bought],
        purchase_id=[one[1] for one in bought],
    )  # fmt: skip
    for place, *row in rows:
        posting, customer, account, currency_id, code, rounding, policy, steps, points, taken = row
        found[place - 1].append(EarnedBy(
            posting, customer, account, currency_id, code, rules.Rounding(rounding), policy,
            tuple(steps[::3]), points, taken,
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


def reasons(found: Posting) -> list[Reason]:
    """The road from the purchase to the points, step by step, with rule and version."""
    steps = list(zip(found.steps[::3], found.steps[1::3], found.steps[2::3], strict=True))
    versions = RuleVersion.objects.select_related("rule").in_bulk([id for id, _, _ in steps])
    return [
        Reason(versions[id].rule.key, versions[id].rule.labels, versions[id].number,
               versions[id].body, before, after)
        for id, before, after in steps
    ]  # fmt: skip


def owed() -> int:
    """Points given and not yet used, over all customers."""
    points: int = sql.statement("loyalty", "owed").value()
    return points
