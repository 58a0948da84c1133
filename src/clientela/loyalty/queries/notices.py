"""Reads of notices: which there are, and which members they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q

from clientela.loyalty.models import Notice, NoticeSent, Reward, Standing, Tier, TierSet
from clientela.loyalty.rules import notices as rules
from clientela.platform import ids, periods, sql
from clientela.platform.errors import NotThere

DAY = timedelta(days=1)
BESIDE = (
    "currency__programme",
    "ladder__currency__programme",
    "ladder__counted",
    "reward__currency",
)
USABLE = """
    SELECT account.customer_id, sum(coalesce(lots.usable, 0) - account.debt)::bigint
    FROM (SELECT %(now)s::timestamptz AS now) AS moment
    JOIN loyalty_account AS account
        ON account.customer_id = ANY (%(members)s::uuid[]) AND account.currency_id = %(currency_id)s
    CROSS JOIN LATERAL (
        SELECT sum(lot.remaining - lot.held) AS usable
        FROM loyalty_lot AS lot
        WHERE lot.customer_id = account.customer_id AND lot.account_id = account.id
            AND lot.remaining > 0 AND lot.active_at <= moment.now
            AND (lot.expires_at IS NULL OR lot.expires_at > moment.now)
    ) AS lots
    GROUP BY account.customer_id"""


class NoSuchNotice(NotThere):
    code = "no-such-notice"
    title = "There is no such notice"


@dataclass(frozen=True, slots=True)
class Ending:
    """Points of a member that end: all of them, and on which last day of use how many."""

    customer_id: UUID
    points: int
    until_on: date
    days: tuple[tuple[date, int], ...]


def listed() -> list[Notice]:
    """Every notice, with how many letters it wrote (`letters`) and on which day the last."""
    found = Notice.objects.select_related("currency__programme", "ladder", "reward")
    counted = found.annotate(letters=Count("noticesent"), last_on=Max("noticesent__day_on"))
    return list(counted.order_by("key"))


def switched_on(programme: str) -> list[Notice]:
    found = Notice.objects.select_related(*BESIDE)
    return list(found.filter(is_on=True, currency__programme=programme).order_by("id"))


def find(key: str) -> Notice:
    found = Notice.objects.select_related(*BESIDE)
    notice = found.filter(key=key).first()
    if notice is None:
        raise NoSuchNotice(f"There is no notice {key[:60]}.", field="notice")
    return notice


def zone_of(notice: Notice) -> ZoneInfo:
    return ZoneInfo(notice.currency.programme.time_zone)


def ending(
    notice: Notice, *, day: date, now: datetime, after: UUID | None, limit: int
) -> list[Ending]:  # fmt: skip
    """Members whose points end within the days of the notice and who do not know yet."""
    zone = zone_of(notice)
    rows = sql.statement("loyalty", "notices_expiring").rows(
        notice_id=notice.id, currency_id=notice.currency_id, zone=zone.key, now=now,
        until=periods.local_midnight(day + (notice.days_ahead + 1) * DAY, zone),
        points_min=notice.points_min, told_after=rules.told_after(day, notice.every_days),
        after=after, limit=limit,
    )  # fmt: skip
    return [
        Ending(id, points, until_on, tuple(zip(days, many, strict=True)))
        for id, points, until_on, days, many in rows
    ]


def members(
    notice: Notice, *, day: date, points_min: int = 0, after: UUID | None, limit: int
) -> list[tuple[UUID, bool]]:
    """A slice of the members a notice may be about, and whether each was told lately."""
    since = None
    if notice.moved_days:
        since = periods.local_midnight(day - notice.moved_days * DAY, zone_of(notice))
    rows: list[tuple[UUID, bool]] = sql.statement("loyalty", "notices_near").rows(
        notice_id=notice.id, currency_id=notice.currency_id, moved_since=since,
        points_min=points_min, told_after=rules.told_after(day, notice.every_days), after=after,
        limit=limit,
    )  # fmt: skip
    return rows


def steps_stood_on(
    ladder: TierSet, members: Sequence[UUID], *, now: datetime
) -> Mapping[UUID, int]:
    """The threshold of the tier each stands on; who stands on none is missing."""
    rows = Standing.objects.filter(
        tier_set=ladder, customer_id__in=members, starts_at__lte=now, ends_at=None
    )
    return dict(rows.values_list("customer_id", "tier__threshold"))


def sent_lately(key: str, *, limit: int) -> list[NoticeSent]:
    """The newest letters of a notice."""
    return list(NoticeSent.objects.filter(notice__key=key).order_by("-id")[:limit])


def usable_each(
    members: Sequence[UUID], *, currency_id: int, now: datetime
) -> Mapping[UUID, int]:  # fmt: skip
    """What each can use now of their own."""
    asked = {"members": ids.as_array(members), "currency_id": currency_id, "now": now}
    return dict(sql.execute(USABLE, asked).fetchall())


def tiers_each(members: Sequence[UUID], *, now: datetime) -> Mapping[UUID, frozenset[int]]:
    """The tiers each stands on now, and those below them on the same ladder."""
    rows = Standing.objects.filter(customer_id__in=members, starts_at__lte=now)
    stood = rows.filter(Q(ends_at=None) | Q(ends_at__gt=now)).values_list("customer_id", "tier")
    steps = {tier.id: tier for tier in Tier.objects.all()}
    found: dict[UUID, frozenset[int]] = {}
    for member, tier in stood:
        below = {
            one.id for one in steps.values()
            if one.tier_set_id == steps[tier].tier_set_id
            and one.threshold <= steps[tier].threshold
        }  # fmt: skip
        found[member] = found.get(member, frozenset()) | below
    return found


def times_had_each(members: Sequence[UUID], reward: Reward) -> Mapping[UUID, int]:
    return dict(sql.execute(
        "SELECT member, loyalty_times_had(customers_family(member), %s)"
        " FROM unnest(%s::uuid[]) AS asked (member)", [reward.id, ids.as_array(members)],
    ).fetchall())  # fmt: skip
