"""Who stands on which tier, who climbs, and whose time is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from clientela.loyalty.models import Standing, Tier, TierSet
from clientela.loyalty.queries.headroom import Watched
from clientela.loyalty.rules import tiers as rules
from clientela.loyalty.rules.awards import Award
from clientela.loyalty.rules.lives import Life
from clientela.loyalty.rules.lives import read as read_life
from clientela.loyalty.rules.tiers import Lift, Terms
from clientela.platform import periods, sql
from clientela.platform.errors import NotThere

EVER = datetime(1, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)
STATES = (TierSet.Measure.PRODUCTS, TierSet.Measure.BALANCE)  # what is at an instant
STANDINGS_MAX = 100


class NoSuchLadder(NotThere):
    code = "no-such-ladder"
    title = "There is no such ladder"


@dataclass(frozen=True, slots=True)
class Climbing:
    """A customer whose figure reaches a higher tier than the one they stand on; `day`: the day it
    was measured for, `came_on`: where the window asks for it.
    """

    customer_id: UUID
    measured: int
    tier_id: int
    day: date
    came_on: date = rules.NOBODYS_DAY


@dataclass(frozen=True, slots=True)
class Review:
    """A standing whose time is over, and what was measured in its last period."""

    standing_id: UUID
    customer_id: UUID
    tier_id: int
    kept_until: date
    came_on: date
    measured: int = 0


def factors_at(
    moments: Sequence[tuple[UUID, datetime]], *, currency_id: int
) -> dict[int, list[int]]:
    """For each rule that multiplies for a tier, the places of the moments at which the customer
    stood on it.
    """
    rows = sql.statement("loyalty", "factors_at").rows(
        size=len(moments), currency_id=currency_id,
        **sql.columns(moments, ("customer_id", "occurred_at")),
    )  # fmt: skip
    found: dict[int, list[int]] = {}
    for rule_id, place in rows:
        found.setdefault(rule_id, []).append(place - 1)
    return found


def keys_at(
    moments: Sequence[tuple[UUID, datetime]], lifts: Sequence[Sequence[Lift]] = ()
) -> list[frozenset[str]]:
    """On which tiers each customer stood at the moment; `lifts`: which a purchase itself reaches,
    for each of them.
    """
    rows = sql.statement("loyalty", "tiers_at").rows(
        size=len(moments), **sql.columns(moments, ("customer_id", "occurred_at"))
    )
    found: list[set[str]] = [set() for _ in moments]
    for place, key in rows:
        found[place - 1].add(key)
    stood = [frozenset(keys) for keys in found]
    if not any(lifts):
        return stood
    return [rules.stands_on(keys, own) for keys, own in zip(stood, lifts, strict=True)]


def lives_at(
    moments: Sequence[tuple[UUID, datetime]], *, currency_id: int,
    lifts: Sequence[Sequence[Lift]] = (),
) -> dict[int, Life]:  # fmt: skip
    """The places of the moments at which the customer stood on a tier that says how long points
    can be used, with what it says.
    """
    tiers = Tier.objects.filter(tier_set__currency_id=currency_id).exclude(life={})
    said = {tier.key.lower(): read_life(tier.life) for tier in tiers}
    if not said:
        return {}
    return {
        place: said[key]
        for place, keys in enumerate(keys_at(moments, lifts)) for key in keys if key in said
    }  # fmt: skip


def with_lives(
    awards: Sequence[Award], *, currency_id: int, lifts: Sequence[Sequence[Lift]] = ()
) -> list[Award]:
    """Awards whose points live as long as the tier of their moment says, where their rule has said
    nothing.
    """
    moments = [(award.customer_id, award.occurred_at) for award in awards]
    lives = lives_at(moments, currency_id=currency_id, lifts=lifts)
    return [
        award if (life := lives.get(place)) is None else replace(award, parts=tuple(
            part if part.life is not None else replace(part, life=life) for part in award.parts
        ))
        for place, award in enumerate(awards)
    ]  # fmt: skip


def ladders() -> list[TierSet]:
    """All ladders, with what is needed to climb them."""
    return list(_ladders())


def ladders_of(currency_id: int) -> tuple[TierSet, ...]:
    """Those on which one currency's customers stand."""
    return tuple(_ladders().filter(currency_id=currency_id))


def _ladders() -> QuerySet[TierSet]:
    return TierSet.objects.select_related("currency__programme", "counted")


def ladder_of(key: str) -> TierSet:
    found = _ladders().filter(key=key).first()
    if found is None:
        raise NoSuchLadder(f"There is no ladder {key}.", field="ladder")
    return found


def terms_of(ladder: TierSet) -> Terms:
    return Terms(
        window=cast(rules.Window, ladder.time_window), starts=cast(rules.Starts, ladder.starts),
        keeps=cast(rules.Keeps, ladder.keeps), lowers=cast(rules.Lowers, ladder.lowers),
        keep_days=ladder.keep_days, grace_days=ladder.grace_days,
        reversal_waits=ladder.reversal_waits,
    )  # fmt: skip


def climbing(
    customer_ids: Iterable[UUID], *, ladder: TierSet, zone: ZoneInfo, now: datetime,
    watched: Watched | None = None,
) -> list[Climbing]:  # fmt: skip
    """Those of these customers who reach more than they stand on."""
    asked, terms, today = set(customer_ids), terms_of(ladder), periods.day_of(now, zone)
    until = until_of(ladder, now)
    if terms.window == "anniversary":
        came = came_on(asked)
        return _climbing([
            _Asked(id, _since(rules.first_day(terms.window, today, came[id]), zone), until, today,
                   came[id])
            for id in asked
        ], ladder)  # fmt: skip
    since = _since(rules.first_day(terms.window, today), zone)
    if ladder.measure in STATES:
        return _climbing([_Asked(id, since, until, today) for id in asked], ladder)
    near = asked & watched.near if watched else set()
    rest = asked - watched.near - watched.far if watched else asked
    rows: list[tuple[UUID, int, int]] = []
    for some, learning in ((rest, None), (near, watched)):
        if some:
            rows += sql.statement("loyalty", "climbing_at_once").rows(
                size=len(some), customer_id=list(some), since=since, until=until,
                version=learning and learning.version,
                is_first=learning is None or learning.is_first, **_counts(ladder),
            )  # fmt: skip
    return [Climbing(id, figure, tier, today) for id, figure, tier in rows]


def _counts(ladder: TierSet) -> dict[str, Any]:
    """What counts for a ladder, as `climbing_at_once` is told."""
    counted = ladder.counted_id or ladder.currency_id
    return {"ladder": ladder.key, "measure": str(ladder.measure),
            "money_code": ladder.money_code, "counted": counted}  # fmt: skip


def climbing_late(
    late: Iterable[tuple[UUID, date]], *, ladder: TierSet, zone: ZoneInfo, today: date
) -> list[Climbing]:
    """Those who reach more than they stand on in a period that is closed, if a tier reached in it
    would still be kept; `late`: customers and the days of what came late. Months are the periods
    of a rolling window, and every one that counts the day is looked at.
    """
    terms, listed = terms_of(ladder), sorted(set(late))
    if terms.window == "lifetime" or ladder.measure in STATES:
        return []
    is_own = terms.window == "anniversary"
    came = came_on({id for id, _ in listed}) if is_own else {}
    periods_ = {
        (id, ended, came.get(id, rules.NOBODYS_DAY))
        for id, began in listed
        for ended in rules.closed(terms, began, today, came.get(id, rules.NOBODYS_DAY))
    }
    return _climbing(
        [
            _Asked(id, _since(rules.first_day(terms.window, day, own), zone),
                   periods.local_midnight(day + DAY, zone), day, own)
            for id, day, own in sorted(periods_)
        ],
        ladder,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose figure is asked for, from when to when; `day` ends the window."""

    customer_id: UUID
    since: datetime
    until: datetime
    day: date
    came_on: date = rules.NOBODYS_DAY


def _climbing(asked: Sequence[_Asked], ladder: TierSet) -> list[Climbing]:
    if not asked:
        return []
    rows = sql.statement("loyalty", "climbing").rows(
        size=len(asked), ladder=ladder.key, customer_id=[one.customer_id for one in asked],
        since=[one.since for one in asked], until=[one.until for one in asked],
    )  # fmt: skip
    return [
        Climbing(id, figure, tier, asked[place - 1].day, asked[place - 1].came_on)
        for id, figure, tier, place in rows
    ]


def came_on(customer_ids: Iterable[UUID]) -> dict[UUID, date]:
    """The day each of them came, the earliest of their records."""
    rows = sql.statement("loyalty", "came_on").rows(customer_id=list(customer_ids))
    return dict(rows)


def until_of(ladder: TierSet, now: datetime) -> datetime:
    """Until when is counted now. A till's clock may go before ours: what it sold counts."""
    return now + (timedelta(microseconds=1) if ladder.measure in STATES else DAY)


def _since(first: date | None, zone: ZoneInfo) -> datetime:
    return EVER if first is None else periods.local_midnight(first, zone)


def due_for_review(
    *, ladder: TierSet, today: date, zone: ZoneInfo, limit: int, after: UUID | None = None
) -> list[Review]:
    """Standings kept until a day that has passed, and their grace with it, in order of customers;
    measured over the period that ended with it.
    """
    terms = terms_of(ladder)
    rows = sql.statement("loyalty", "reviews").rows(
        ladder=ladder.key, before=today - terms.grace_days * DAY, after=after, limit=limit
    )
    due = [Review(*row) for row in rows]
    windows = [
        (one.customer_id, _since(rules.review_from(terms, one.kept_until, one.came_on), zone),
         review_at(terms, one.kept_until, zone))
        for one in due
    ]  # fmt: skip
    figures = measured(windows, ladder=ladder)
    return [replace(one, measured=figure) for one, figure in zip(due, figures, strict=True)]


def review_at(terms: Terms, kept_until: date, zone: ZoneInfo) -> datetime:
    """The midnight at which a tier kept until then is decided."""
    return periods.local_midnight(kept_until + (terms.grace_days + 1) * DAY, zone)


def measured(
    windows: Sequence[tuple[UUID, datetime, datetime]], *, ladder: TierSet
) -> list[int]:  # fmt: skip
    """What the ladder counts of each customer, from an instant to another."""
    if not windows:
        return []
    rows = sql.statement("loyalty", "measured_each").rows(
        size=len(windows),
        ladder=ladder.key,
        **sql.columns(windows, ("customer_id", "since", "until")),
    )
    return [figure for (figure,) in rows]


def measured_now(customer_id: UUID, *, ladder: TierSet, zone: ZoneInfo, now: datetime) -> int:
    window, today = terms_of(ladder).window, periods.day_of(now, zone)
    came = came_on([customer_id])[customer_id] if window == "anniversary" else rules.NOBODYS_DAY
    since = _since(rules.first_day(window, today, came), zone)
    [figure] = measured([(customer_id, since, until_of(ladder, now))], ladder=ladder)
    return figure


def measured_each_now(
    members: Sequence[UUID], *, ladder: TierSet, zone: ZoneInfo, now: datetime
) -> list[int]:
    """The same of many, in their order."""
    window, today = terms_of(ladder).window, periods.day_of(now, zone)
    came = came_on(members) if window == "anniversary" else {}
    windows = [
        (id, _since(rules.first_day(window, today, came.get(id, rules.NOBODYS_DAY)), zone),
         until_of(ladder, now))
        for id in members
    ]  # fmt: skip
    return measured(windows, ladder=ladder)


def measured_at(
    ends: Sequence[tuple[UUID, datetime]], *, ladder: TierSet, zone: ZoneInfo
) -> list[int]:
    """What the ladder counts of each up to an instant, from where its period of that day began."""
    window = terms_of(ladder).window
    came = came_on({id for id, _ in ends}) if window == "anniversary" else {}
    windows = [
        (id, _since(rules.first_day(window, periods.day_of(until, zone),
                                    came.get(id, rules.NOBODYS_DAY)), zone), until)
        for id, until in ends
    ]  # fmt: skip
    return measured(windows, ladder=ladder)


def members(*, currency_id: int, at_once: int) -> Iterator[list[UUID]]:
    """Customers with an account of a currency, in slices in order."""
    after: UUID | None = None
    while True:
        rows = sql.execute(
            "SELECT DISTINCT customer_id FROM loyalty_account WHERE currency_id = %s"
            " AND (%s::uuid IS NULL OR customer_id > %s::uuid) ORDER BY customer_id LIMIT %s",
            [currency_id, after, after, at_once],
        )
        if not (listed := [id for (id,) in rows.fetchall()]):
            return
        yield listed
        after = listed[-1]


def steps_of(ladder: TierSet, *, now: datetime) -> list[Tier]:
    """The steps, lowest first, each with how many stand on it (`members`)."""
    stands = Q(standing__starts_at__lte=now)
    stands &= Q(standing__ends_at=None) | Q(standing__ends_at__gt=now)
    found = ladder.tiers.annotate(members=Count("standing", filter=stands))
    return list(found.select_related("factor_rule").order_by("threshold"))


def factor_of(tier: Tier) -> Fraction:
    """By how much points are multiplied on a tier today."""
    rule = tier.factor_rule
    last = rule.versions.order_by("-number").first() if rule else None
    return Fraction(last.body["num"], last.body["den"]) if last else Fraction(1)


def next_review(ladder: TierSet) -> date | None:
    """The first day on which a review has something to decide."""
    kept = (
        Standing.objects.filter(tier_set=ladder, ends_at=None, kept_until__isnull=False)
        .order_by("kept_until").values_list("kept_until", flat=True).first()
    )  # fmt: skip
    return None if kept is None else kept + (ladder.grace_days + 1) * DAY


def count_due(ladder: TierSet, *, on: date) -> int:
    before = on - ladder.grace_days * DAY
    return Standing.objects.filter(
        tier_set=ladder, ends_at=None, kept_until__lt=before
    ).count()  # fmt: skip


def history_of(family: Iterable[UUID]) -> list[Standing]:
    """Where these records stood and stand, newest first."""
    found = Standing.objects.filter(customer_id__in=list(family))
    listed = found.select_related("tier", "tier_set").order_by("-starts_at", "-id")
    return list(listed[:STANDINGS_MAX])
