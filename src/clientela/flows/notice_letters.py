"""The letters of notices, in the member's language: what it is about, the company's own words, and
where to say that one does not want them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clientela.flows import choices
from clientela.loyalty.models import Notice, Reward, Tier, TierSet
from clientela.platform.money import Money
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label, long_day, money, number

Days = tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A member a notice is about, and what it says: points that end by their last `days`, what is
    `missing` to a tier, or what a reward takes.
    """

    customer_id: UUID
    points: int = 0
    days: Days = ()
    missing: int = 0
    tier: Tier | None = None
    ladder: TierSet | None = None
    reward: Reward | None = None

    @property
    def until_on(self) -> date | None:
        return self.days[-1][0] if self.days else None


def worded(notice: Notice, found: Found, *, language: str, now: datetime) -> tuple[str, str]:
    """Subject and body."""
    company = companies.current()
    with translation.override(language):
        subject, lines = _said(found)
        own = notice.words.get(language) or notice.words.get("en", "")
        body = "\n\n".join(line for line in (*lines, own, company.name) if line)
    if notice.purpose:
        body += f"\n\n{choices.foot(found.customer_id, language=language, now=now)}"
    return subject, body


def about(found: Found) -> str:
    """The same in one line, in the language that is active."""
    return _said(found)[1][0]


def _said(found: Found) -> tuple[str, tuple[str, ...]]:
    if found.tier is not None and found.ladder is not None:
        return _("%(tier)s is near") % {"tier": label(found.tier.labels)}, _near(found)
    if found.reward is not None:
        return _("You have enough points for a reward"), (_affordable(found, found.reward),)
    return _("Some of your points end soon"), _ending(found)


def _ending(found: Found) -> tuple[str, ...]:
    """All of them, and day by day where there are several."""
    first = ngettext(
        "%(points)s point of yours can be used only through %(last_on)s.",
        "%(points)s points of yours can be used only through %(last_on)s.",
        found.points,
    ) % {"points": number(found.points), "last_on": long_day(found.days[-1][0])}
    if len(found.days) == 1:
        return (first,)
    return (first, "\n".join(_of_day(*one) for one in found.days))


def _of_day(last_on: date, points: int) -> str:
    return ngettext(
        "%(points)s point through %(last_on)s", "%(points)s points through %(last_on)s", points
    ) % {"points": number(points), "last_on": long_day(last_on)}


def _near(found: Found) -> tuple[str, ...]:
    assert found.tier is not None
    assert found.ladder is not None
    said = _("%(missing)s more, and you reach %(tier)s.")
    benefits = label(found.tier.benefits) if found.tier.benefits else ""
    missing = counted(found.ladder, found.missing)
    return said % {"missing": missing, "tier": label(found.tier.labels)}, benefits


def counted(ladder: TierSet, count: int) -> str:
    """A figure in what a ladder counts."""
    measure = ladder.measure
    if ladder.money_code:
        return money(Money(count, ladder.money_code))
    if measure == TierSet.Measure.PURCHASES:
        words = ngettext("%(count)s purchase", "%(count)s purchases", count)
    elif measure == TierSet.Measure.PRODUCTS:
        words = ngettext("%(count)s product", "%(count)s products", count)
    else:
        words = ngettext("%(count)s point", "%(count)s points", count)
    return words % {"count": number(count)}


def _affordable(found: Found, reward: Reward) -> str:
    return ngettext(
        "For %(points)s point you can have %(reward)s now.",
        "For %(points)s points you can have %(reward)s now.",
        found.points,
    ) % {"points": number(found.points), "reward": label(reward.labels)}
