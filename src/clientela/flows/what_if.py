"""What draft rules would have given for the purchases of past months, beside the rules in force.

Points per money and factors of tiers depend on little: purchases that are alike in all of it are
counted together by the database, and the rules compute each kind once, however many purchases there
are; where points are rounded down, amounts that give the same points are one kind. Rules that ask
for more are computed purchase by purchase; of very many a part is taken, always the same one, and
the answer says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from math import gcd
from typing import Any, NamedTuple, Self
from uuid import UUID

from clientela.customers import queries as customers
from clientela.flows import baskets, earning_facts, rules_of_points
from clientela.flows.rules_of_points import Draft
from clientela.loyalty.actions import earning as loyalty
from clientela.loyalty.actions.earning import Basis
from clientela.loyalty.models import Currency, Rule, Tier
from clientela.loyalty.queries import ledger, tiers
from clientela.loyalty.queries.ledger import Scheme
from clientela.loyalty.rules import bodies, earning
from clientela.loyalty.rules import books as valuing
from clientela.loyalty.rules.computing import Rounding
from clientela.platform import money, periods, sql
from clientela.platform.errors import InvalidInput
from clientela.purchases import queries as purchases
from clientela.staff import company as companies

MONTHS_MAX, DRAFTS_MAX = 60, 50
GIVEN_MAX = 1_000_000  # purchases of which the ledger is added up beside
ONE_BY_ONE_MAX, AT_ONCE = 20_000, 2_000
NEW_RULE = 2**40
PLANNED = 1_000  # as many rows are said, so that each slice is planned by itself
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
Told = Callable[[int], object]  # hears how many purchases are gone through


class Kind(NamedTuple):
    """Purchases that are alike in all that points per money depend on."""

    currency: str
    minor: int
    stretch: int
    tier_id: int | None
    segment_id: int


@dataclass(slots=True)
class Sum:
    """Purchases of one kind together; points by the rules in force, and by the draft; and those
    that were really given, of which nothing is taken in part.
    """

    purchases: int = 0
    minor: Counter[str] = field(default_factory=Counter)
    points_now: int = 0
    points_draft: int = 0
    points_given: int = 0

    @classmethod
    def of(cls, kept: Sequence[Any]) -> Self:
        """As it was kept: its fields in order."""
        purchases, minor, *points = kept
        return cls(purchases, Counter(minor), *points)

    def add(self, count: int, currency: str, minor: int, now: int, draft: int) -> None:
        self.purchases += count
        self.minor[currency] += minor
        self.points_now += now
        self.points_draft += draft


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`is_given`: what was really given was added up, which is not done for very many purchases.
    `every`: each so manieth purchase was computed, and all figures are taken so many times.
    `point_minor`: what a point costs, in minor units of `money_code`; nothing where points have no
    price.
    """

    currency: str
    first_on: date
    last_on: date
    every: int
    is_given: bool
    whole: Sum
    by_month: Mapping[str, Sum]
    by_tier: Mapping[str, Sum]
    by_segment: Mapping[str, Sum]
    point_minor: Fraction | None
    money_code: str

    def cost(self, points: int) -> int | None:
        return None if self.point_minor is None else valuing.half_up(points * self.point_minor)


@dataclass(frozen=True, slots=True)
class Asked:
    """Drafts that can be tried: of these points, beside the rules in force, on these months."""

    points: Currency
    scheme: Scheme
    drafted: Scheme
    first_on: date
    last_on: date
    span: tuple[datetime, datetime]
    now: datetime


def asked(drafts: Sequence[Draft], *, months: int, now: datetime) -> Asked:
    """The last whole months of the programme's zone, with the rules in force and with the drafts in
    their place: a draft of a known key replaces that rule, another is added. InvalidInput for what
    cannot be tried.
    """
    points, scheme, drafted = _schemes(drafts, months=months, now=now)
    last_on = periods.day_of(now, scheme.zone).replace(day=1) - timedelta(days=1)
    first_on = periods.add_months(last_on.replace(day=1), 1 - months)
    span = (
        periods.local_midnight(first_on, scheme.zone),
        periods.local_midnight(last_on + timedelta(days=1), scheme.zone),
    )
    return Asked(points, scheme, drafted, first_on, last_on, span, now)


def what_if(
    drafts: Sequence[Draft],
    *,
    months: int,
    now: datetime,
    one_by_one: int = ONE_BY_ONE_MAX,
    only: Sequence[UUID] | None = None,
) -> WhatIf:
    """See `asked` and `found_of`."""
    wish = asked(drafts, months=months, now=now)
    return found_of(wish, one_by_one=one_by_one, only=only)


def found_of(
    wish: Asked, *, one_by_one: int = ONE_BY_ONE_MAX, only: Sequence[UUID] | None = None,
    slice_rows: int | None = None, told: Told | None = None,
) -> WhatIf:  # fmt: skip
    """What was asked. `only`: of these customers, by the ids of survivors. `slice_rows`: so many
    purchases for each statement, `told` hears of each; without it one statement reads them all.
    """
    scheme, drafted, span = wish.scheme, wish.drafted, wish.span
    told = told or (lambda done: None)
    found = _Found()
    every = 1
    short = scheme.plain(), drafted.plain()
    if short[0] is not None and short[1] is not None:
        _by_kind(found, scheme, (short[0], short[1]), span, only, slice_rows=slice_rows, told=told)
    else:
        every = _every(span, one_by_one)
        _one_by_one(found, (scheme, drafted), span, every=every, company=companies.current(),
                    now=wish.now, only=only, told=told)  # fmt: skip
    is_given = found.whole.purchases <= GIVEN_MAX
    if is_given:
        _given(found, scheme, span, only)
    price, code = _price(wish.points)
    return WhatIf(
        wish.points.code, wish.first_on, wish.last_on, every, is_given, found.whole,
        dict(sorted(found.months.items())), found.tiers, found.segments, price, code,
    )  # fmt: skip


def _schemes(
    drafts: Sequence[Draft], *, months: int, now: datetime
) -> tuple[Currency, Scheme, Scheme]:
    if not drafts or len(drafts) > DRAFTS_MAX:
        raise InvalidInput(f"Try 1 to {DRAFTS_MAX} rules.", field="rules")
    if len({draft.currency for draft in drafts}) != 1:
        raise InvalidInput("Try the rules of one kind of points.", field="rules")
    if not 1 <= months <= MONTHS_MAX:
        raise InvalidInput(f"Look at 1 to {MONTHS_MAX} months.", field="months")
    for draft in drafts:
        rules_of_points.check(draft, now=now)
    points = rules_of_points.currency_of(drafts[0].currency)
    scheme = next(one for one in ledger.schemes() if one.currency_id == points.id)
    return points, scheme, _drafted(scheme, drafts, points)


def _drafted(scheme: Scheme, drafts: Sequence[Draft], points: Currency) -> Scheme:
    known = dict(Rule.objects.filter(currency=points).values_list("key", "id"))
    read = [
        bodies.read(-1 - number, draft.body, rule_id=known.get(draft.key, NEW_RULE + number),
                    priority=draft.priority)
        for number, draft in enumerate(drafts)
    ]  # fmt: skip
    replaced = {rule.rule_id for rule in read}
    kept = (rule for rule in scheme.rules if rule.rule_id not in replaced)
    return replace(scheme, rules=(*kept, *read))


@dataclass(slots=True)
class _Found:
    whole: Sum = field(default_factory=Sum)
    months: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    tiers: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    segments: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))

    def add(self, month_on: date, tier: str, segment: str, *figures: Any) -> None:
        month = f"{month_on:%Y-%m}"
        for one in (self.whole, self.months[month], self.tiers[tier], self.segments[segment]):
            one.add(*figures)

    def give(self, month_on: date, tier: str, segment: str, points: int) -> None:
        month = f"{month_on:%Y-%m}"
        for one in (self.whole, self.months[month], self.tiers[tier], self.segments[segment]):
            one.points_given += points


def _by_kind(
    found: _Found, scheme: Scheme,
    short: tuple[Sequence[earning.Published], Sequence[earning.Published]],
    span: tuple[datetime, datetime], only: Sequence[UUID] | None, *, slice_rows: int | None,
    told: Told,
) -> None:  # fmt: skip
    bounds = _bounds([*short[0], *short[1]], span, zone=scheme.zone)
    steps = {tier.id: tier for tier in Tier.objects.filter(tier_set__currency=scheme.currency_id)}
    segments = {kind.id: key for key, kind in customers.profile_types().items()}
    counted = _counted(
        slice_rows=slice_rows, told=told, bounds=bounds, starts_at=span[0], ends_at=span[1],
        tiers=list(steps), unit=_unit([*short[0], *short[1]], scheme.terms.rounding),
        money=companies.current().currency, only=None if only is None else list(only),
    )  # fmt: skip
    kinds = list(counted)
    standing: dict[int, list[int]] = defaultdict(list)
    for place, kind in enumerate(kinds):
        factor = steps[kind.tier_id].factor_rule_id if kind.tier_id else None
        standing[factor or 0].append(place)
    now, draft = (
        earning.points_for(
            minors=[kind.minor for kind in kinds],
            exponents=[money.exponent_of(kind.currency) for kind in kinds],
            occurred_at=[bounds[kind.stretch - 1] for kind in kinds],
            rules=rules, rounding=scheme.terms.rounding, standing=standing,
        )[0]
        for rules in short
    )  # fmt: skip
    months = [periods.day_of(moment, scheme.zone).replace(day=1) for moment in bounds]
    for kind, before, after in zip(kinds, now, draft, strict=True):
        many, kept_minor = counted[kind]
        tier = steps[kind.tier_id].key if kind.tier_id else ""
        found.add(months[kind.stretch - 1], tier, segments[kind.segment_id], many, kind.currency,
                  kept_minor, int(before) * many, int(after) * many)  # fmt: skip


def _counted(
    *, slice_rows: int | None, told: Told, **asked: Any
) -> dict[Kind, tuple[int, int]]:  # fmt: skip
    """How many purchases there are of each kind, and what they come to; a statement for a slice."""
    found: dict[Kind, tuple[int, int]] = {}
    done = 0
    for after, through in _stretches(slice_rows):
        rows = sql.statement("flows", "what_if").rows(
            size=PLANNED, after=after, through=through, **asked
        )
        for *kind, count, minor in rows:
            key = Kind._make(kind)
            many, kept = found.get(key, (0, 0))
            found[key] = (many + count, kept + minor)
        done += slice_rows or 0
        told(done)
    return found


def _stretches(slice_rows: int | None) -> Iterator[tuple[UUID, UUID]]:
    """Slices in the order of ids, which is that of the table: behind one, up to another."""
    after = FIRST
    while slice_rows:
        through = sql.statement("flows", "what_if_next").value(after=after, most=slice_rows)
        if through is None:
            break
        yield after, through
        after = through
    yield after, LAST


def _unit(rules: Sequence[earning.Published], rounding: Rounding) -> int:
    """What is over a whole number of so many minor units gives nothing: where every rule gives one
    point for a multiple of them, and is rounded down.
    """
    if rounding is not Rounding.FLOOR:
        return 1
    exponent = money.exponent_of(companies.current().currency)
    rates = [rule.rate(exponent) for rule in rules if isinstance(rule, earning.PerMoney)]
    if any(rate.numerator != 1 for rate in rates):
        return 1
    return gcd(*(rate.denominator for rate in rates)) or 1


def _given(
    found: _Found, scheme: Scheme, span: tuple[datetime, datetime], only: Sequence[UUID] | None
) -> None:
    rows = sql.statement("flows", "what_if_given").rows(
        zone=str(scheme.zone), currency_id=scheme.currency_id, starts_at=span[0],
        ends_at=span[1], only=None if only is None else list(only),
    )  # fmt: skip
    for month_on, tier, segment, points in rows:
        found.give(month_on, tier, segment, points)


def _bounds(
    rules: Sequence[earning.Published], span: tuple[datetime, datetime], *, zone: tzinfo
) -> list[datetime]:  # fmt: skip
    """The instants at which a month, or a rule, begins or ends: between two of them all rules stay
    the same.
    """
    changes = {moment for rule in rules for moment in (rule.starts_at, rule.ends_at) if moment}
    month = periods.day_of(span[0], zone)
    while (begins := periods.local_midnight(month, zone)) < span[1]:
        changes.add(begins)
        month = periods.add_months(month, 1)
    return [span[0], *sorted(moment for moment in changes if span[0] < moment < span[1])]


def _every(span: tuple[datetime, datetime], most: int) -> int:
    row = sql.execute(
        "SELECT count(*) FROM purchases_purchase WHERE purchased_at >= %s AND purchased_at < %s",
        list(span),
    ).fetchone()
    return -(-(row[0] if row else 0) // most) or 1


def _one_by_one(
    found: _Found, schemes: tuple[Scheme, Scheme], span: tuple[datetime, datetime], *, every: int,
    company: companies.Company, now: datetime, only: Sequence[UUID] | None, told: Told,
) -> None:  # fmt: skip
    paths = baskets.paths()
    for some in _slices(span, every, only):
        bases = _bases(list(some), paths)
        answers = earning_facts.answers(bases, schemes, company=company, now=now)
        stood = tiers.keys_at([(basis.customer_id, basis.occurred_at) for basis in bases])
        given = [
            [sum(part.points for part in award.parts)
             for award in loyalty.computed(bases, scheme=scheme, answers=answers)]
            for scheme in schemes
        ]  # fmt: skip
        for basis, keys, before, after in zip(bases, stood, *given, strict=True):
            assert basis.purchase_id is not None
            day = periods.day_of(basis.occurred_at, schemes[0].zone)
            tier, segment = min(keys, default=""), some[basis.purchase_id]
            found.add(day.replace(day=1), tier, segment, every, basis.currency,
                      basis.minor * every, before * every, after * every)  # fmt: skip
        told(found.whole.purchases)


def _slices(
    span: tuple[datetime, datetime], every: int, only: Sequence[UUID] | None
) -> Iterator[dict[UUID, str]]:
    """Ids of purchases with the profile type of whoever bought."""
    after = FIRST
    while True:
        some = dict(sql.statement("flows", "what_if_sample").rows(
            starts_at=span[0], ends_at=span[1], after=after, every=every, limit=AT_ONCE,
            only=None if only is None else list(only),
        ))  # fmt: skip
        if not some:
            return
        yield some
        after = max(some)


def _bases(purchase_ids: Sequence[UUID], paths: baskets.Paths) -> list[Basis]:
    rows = purchases.by_ids(purchase_ids)
    seen = baskets.of_many(rows, paths)
    return [
        Basis(row.id, row.customer_id, row.purchased_at, basket.minor, row.currency, b"",
              row.channel, basket)
        for row, basket in zip(rows, seen, strict=True)
    ]  # fmt: skip


def _price(points: Currency) -> tuple[Fraction | None, str]:
    if not points.worth:
        return None, ""
    worth = points.worth
    return Fraction(worth["minor"], worth["points"]), str(worth["currency"])
