"""What a notice may ask, and when a member is told again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

DAYS_AHEAD_MAX = 366
EVERY_DAYS_MAX = 3_660
FIGURE_MAX = 10**12
WORDS_LENGTH_MAX = 1_000
KINDS = ("expiring", "tier", "reward")
# What each kind needs besides; everything else is left out of it.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "expiring": ("days_ahead",), "tier": ("ladder", "distance"), "reward": ("reward",),
}  # fmt: skip
MAY: Mapping[str, tuple[str, ...]] = {
    "expiring": ("points_min",), "tier": ("moved_days",), "reward": ("moved_days",),
}  # fmt: skip
EVERY_DAYS: Mapping[str, int] = {"expiring": 30, "tier": 90, "reward": 180}


class BadNotice(ValueError):
    """`args[0]` names the member that cannot be used."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants told: see the model for what each is."""

    kind: str
    days_ahead: int = 0
    points_min: int = 0
    ladder: str = ""
    distance: int = 0
    reward: str = ""
    moved_days: int = 0
    every_days: int = 0
    words: Mapping[str, str] = field(default_factory=dict)


def check(asked: Asked) -> None:
    """BadNotice for what is missing, too much, or not of this kind."""
    if asked.kind not in KINDS:
        raise BadNotice("kind")
    for name in NEEDS[asked.kind]:
        if not getattr(asked, name):
            raise BadNotice(name)
    allowed = {*NEEDS[asked.kind], *MAY[asked.kind]}
    for name in ("days_ahead", "points_min", "ladder", "distance", "reward", "moved_days"):
        if getattr(asked, name) and name not in allowed:
            raise BadNotice(name)
    bounds = {"days_ahead": DAYS_AHEAD_MAX, "points_min": FIGURE_MAX, "distance": FIGURE_MAX,
              "moved_days": EVERY_DAYS_MAX, "every_days": EVERY_DAYS_MAX}  # fmt: skip
    for name, most in bounds.items():
        if not 0 <= getattr(asked, name) <= most:
            raise BadNotice(name)
    if any(len(words) > WORDS_LENGTH_MAX for words in asked.words.values()):
        raise BadNotice("words")


def told_after(day: date, every_days: int) -> date:
    """Who was told after this day is not told again on `day`."""
    return day - timedelta(days=every_days)
