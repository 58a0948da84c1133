"""What a ladder measures, over which time, and how a tier is kept, in words."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.loyalty.models import TierSet
from clientela.ui.templatetags.ui import label, number

Words = dict[str, str | Promise]
MEASURES: Words = {
    "points": lazy("points earned"), "spend": lazy("money spent"),
    "purchases": lazy("number of purchases"), "products": lazy("products held"),
    "balance": lazy("points that can be used"),
}  # fmt: skip
WINDOWS: Words = {
    "rolling": lazy("in the last twelve months"), "calendar": lazy("in the calendar year"),
    "anniversary": lazy("in the year since the customer's day"), "lifetime": lazy("since ever"),
}  # fmt: skip
STARTS: Words = {
    "now": lazy("at once"), "next_period": lazy("with the next period"),
}  # fmt: skip
CROSSING: Words = {
    "before": lazy("by the tier before"), "after": lazy("by the tier it reaches"),
}  # fmt: skip
LATE: Words = {
    "raises": lazy("counts from now on"),
    "re_rates": lazy("counts, and what was bought after it earns the difference"),
}  # fmt: skip
KEEPS: Words = {
    "end_of_next_period": lazy("to the end of the next period"),
    "end_of_period": lazy("to the end of the same period"),
}  # fmt: skip
LOWERS: Words = {
    "recompute": lazy("to the tier the figure reaches"), "one_step": lazy("one tier at a time"),
    "none": lazy("never"),
}  # fmt: skip
WAYS: Words = {"up": lazy("Goes up"), "stays": lazy("Stays"), "down": lazy("Goes down")}
TONES = {"up": "good", "stays": "", "down": "warn"}
WARNINGS: Words = {
    "spending-lowers-the-tier": lazy(
        "Using points lowers this figure, so customers may lose their tier by spending them."
    ),
    "never-reviewed": lazy(
        "This ladder counts since ever and is never reviewed, so how a tier is lost has no effect."
    ),
    "no-tiers-yet": lazy("Nobody can stand on it: it has no tiers yet."),
}


def measures(ladder: TierSet) -> str:
    """`Counts money spent (EUR), in the calendar year.`"""
    what = str(MEASURES[ladder.measure])
    if ladder.money_code:
        what = f"{what} ({ladder.money_code})"
    elif ladder.counted:
        what = f"{what} ({label(ladder.counted.labels)})"
    if ladder.measure in ("products", "balance"):
        return _("Counts %(what)s.") % {"what": what}
    return _("Counts %(what)s %(window)s.") % {
        "what": what, "window": WINDOWS[ladder.time_window],
    }  # fmt: skip


def terms(ladder: TierSet) -> Iterator[str]:
    """How a tier begins, is kept and lost, a sentence each."""
    yield from _beginning(ladder)
    if ladder.time_window == TierSet.Window.LIFETIME:
        yield _("A tier is kept for good.")
        return
    if ladder.keeps == TierSet.Keeps.NEXT_PERIOD:
        yield _("A tier is kept to the end of the period after it was reached.")
    elif ladder.keep_days:
        yield ngettext(
            "A tier is kept to the end of its period and %(days)s day more.",
            "A tier is kept to the end of its period and %(days)s days more.",
            ladder.keep_days,
        ) % {"days": number(ladder.keep_days)}
    else:
        yield _("A tier is kept to the end of its period.")
    if ladder.grace_days:
        yield ngettext(
            "A review waits %(days)s day, and what happens meanwhile counts.",
            "A review waits %(days)s days, and what happens meanwhile counts.",
            ladder.grace_days,
        ) % {"days": number(ladder.grace_days)}
    if ladder.lowers == TierSet.Lowers.NONE:
        yield _("A review never takes a tier away.")
    elif ladder.lowers == TierSet.Lowers.ONE_STEP:
        yield _("A review takes one tier away at a time.")
    if ladder.reversal_waits:
        yield _(
            "A return of what reached a tier brings its review near, and the tier stays until then."
        )


def _beginning(ladder: TierSet) -> Iterator[str]:
    """From when on a tier counts."""
    if ladder.starts == TierSet.Starts.NEXT_PERIOD:
        yield _("A tier begins with the period after the one in which it was reached.")
    if ladder.crossing == TierSet.Crossing.AFTER:
        yield _("The purchase that reaches a tier earns by it.")
    if ladder.late == TierSet.Late.RE_RATES:
        yield _("What was bought after a purchase that comes late earns by the tier it reached.")
