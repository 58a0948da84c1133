"""Ladders and their steps, made and changed. Whoever stands on one stays until a review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from clientela.loyalty.actions import programme
from clientela.loyalty.models import Currency, Rule, Standing, Tier, TierSet
from clientela.loyalty.rules import lives
from clientela.platform import money, text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

THRESHOLD_MAX = 10**12
KEEP_DAYS_MAX = 180
GRACE_DAYS_MAX = 366
FACTOR_MAX = 100
LADDERS_MAX, STEPS_MAX = 20, 50
WORDS_LENGTH_MAX = 1_000
LADDER_KNOWN = {
    "key", "labels", "measure", "currency", "counts", "window", "starts", "keeps", "keep_days",
    "lowers", "grace_days", "reversal_waits", "crossing", "late", "tiers",
}  # fmt: skip
CROSSED_BY = (TierSet.Measure.SPEND, TierSet.Measure.POINTS, TierSet.Measure.PURCHASES)
STEP_KNOWN = {"key", "labels", "benefits", "staff_notes", "threshold", "factor", "life"}
CHOICES: Mapping[str, tuple[str, Any, str]] = {
    "measure": ("measure", TierSet.Measure, "points"),
    "window": ("time_window", TierSet.Window, "rolling"),
    "starts": ("starts", TierSet.Starts, "now"),
    "keeps": ("keeps", TierSet.Keeps, "end_of_next_period"),
    "lowers": ("lowers", TierSet.Lowers, "recompute"),
    "crossing": ("crossing", TierSet.Crossing, "before"),
    "late": ("late", TierSet.Late, "raises"),
}


@needs_transaction
def define(body: Mapping[str, Any], *, currency: Currency, actor: Actor, now: datetime) -> TierSet:
    """A ladder with all its tiers, by key; the same text again changes nothing.

    {"key", "labels", "measure", "currency", "counts", "window", "starts", "keeps", "keep_days",
    "lowers", "grace_days", "reversal_waits", "crossing", "late", "tiers": [{"key", "labels",
    "benefits", "staff_notes", "threshold", "factor", "life"}]}. A factor is published as a rule;
    purchases keep the version they had.
    """
    ladder = save(body, currency=currency, at="ladder.")
    listed = body.get("tiers", [])
    for gone in ladder.tiers.exclude(key__in={str(one.get("key")) for one in listed}):
        drop_step(gone, field="ladder.tiers")
    for place, one in enumerate(listed):
        save_step(ladder, one, at=f"ladder.tiers.{place}.", actor=actor, now=now)
    return ladder


@needs_transaction
def save(body: Mapping[str, Any], *, currency: Currency, at: str = "") -> TierSet:
    """A ladder without its steps; `at`: where its members lie in what was sent."""
    if unknown := set(body) - LADDER_KNOWN:
        raise InvalidInput("This is not known of a ladder.", field=f"{at}{min(unknown)}")
    key = str(body.get("key", ""))
    if not key or len(key) > programme.KEY_LENGTH_MAX:
        raise InvalidInput("A ladder needs a key of at most 40 characters.", field=f"{at}key")
    values: dict[str, Any] = {"labels": _labels(body.get("labels"), f"{at}labels")}
    for name, (column, choices, usual) in CHOICES.items():
        values[column] = body.get(name, usual)
        if values[column] not in choices.values:
            raise InvalidInput(f"Use one of {', '.join(choices.values)}.", field=f"{at}{name}")
    values |= _counted(body, values["measure"], currency, at)
    values |= _time(body, values, at)
    _check_crossing(values, at)
    known = TierSet.objects.filter(key=key).first()
    if known is None and TierSet.objects.count() >= LADDERS_MAX:
        raise InvalidInput(f"There are {LADDERS_MAX} ladders already.", field=f"{at}key")
    if known is not None and known.currency_id != currency.id:
        raise InvalidInput("A ladder stays with its points.", field=f"{at}key")
    ladder, _ = TierSet.objects.update_or_create(key=key, defaults={"currency": currency, **values})
    return ladder


def _counted(
    body: Mapping[str, Any], measure: str, currency: Currency, at: str
) -> dict[str, Any]:  # fmt: skip
    """Which money or points the measure counts."""
    code, counted = body.get("currency", ""), None
    if measure == TierSet.Measure.SPEND and code not in money.CURRENCIES:
        raise InvalidInput("Say in which currency spending counts.", field=f"{at}currency")
    if other := body.get("counts"):
        counted = Currency.objects.filter(code=other, programme=currency.programme_id).first()
        if counted is None:
            raise InvalidInput(f"There are no points called {other}.", field=f"{at}counts")
    of_points = measure in (TierSet.Measure.POINTS, TierSet.Measure.BALANCE)
    return {
        "money_code": code if measure == TierSet.Measure.SPEND else "",
        "counted": counted if of_points and counted != currency else None,
    }  # fmt: skip


def _time(body: Mapping[str, Any], values: Mapping[str, Any], at: str) -> dict[str, Any]:
    """How long a tier is kept beyond its period."""
    keep = _days(body.get("keep_days", 0), KEEP_DAYS_MAX, f"{at}keep_days")
    if keep and values["keeps"] != TierSet.Keeps.PERIOD:
        raise InvalidInput("Days more go with the end of the period.", field=f"{at}keep_days")
    return {
        "keep_days": keep,
        "grace_days": _days(body.get("grace_days", 0), GRACE_DAYS_MAX, f"{at}grace_days"),
        "reversal_waits": bool(body.get("reversal_waits")),
    }  # fmt: skip


def _check_crossing(values: Mapping[str, Any], at: str) -> None:
    """A purchase earns by the tier it reaches only where it is on it at once."""
    if values["late"] == TierSet.Late.RE_RATES and values["measure"] not in CROSSED_BY:
        words = f"A late purchase reaches a tier by {', '.join(CROSSED_BY)}."
        raise InvalidInput(words, field=f"{at}late")
    if values["crossing"] == TierSet.Crossing.BEFORE:
        return
    if values["starts"] != TierSet.Starts.NOW:
        words = "A tier that begins with the next period is not there yet for the purchase."
        raise InvalidInput(words, field=f"{at}crossing")
    if values["measure"] not in CROSSED_BY:
        words = f"A purchase reaches a tier by {', '.join(CROSSED_BY)}."
        raise InvalidInput(words, field=f"{at}crossing")


def _days(value: Any, most: int, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise InvalidInput(f"Days are a whole number from 0 to {most}.", field=field)
    return value


@needs_transaction
def save_step(
    ladder: TierSet, one: Mapping[str, Any], *, actor: Actor, now: datetime, at: str = ""
) -> Tier:
    """A step of a ladder, by key."""
    if unknown := set(one) - STEP_KNOWN:
        raise InvalidInput("This is not known of a tier.", field=f"{at}{min(unknown)}")
    key, threshold = str(one.get("key", "")), one.get("threshold")
    if not key or len(key) > programme.KEY_LENGTH_MAX:
        raise InvalidInput("A tier needs a key of at most 40 characters.", field=f"{at}key")
    labels = _labels(one.get("labels"), f"{at}labels")
    if not isinstance(threshold, int) or not 0 < threshold <= THRESHOLD_MAX:
        raise InvalidInput("A threshold is a whole number above 0.", field=f"{at}threshold")
    others = ladder.tiers.exclude(key=key)
    if others.filter(threshold=threshold).exists():
        raise InvalidInput("Another tier begins at this figure.", field=f"{at}threshold")
    if others.count() >= STEPS_MAX:
        raise InvalidInput(f"A ladder has at most {STEPS_MAX} tiers.", field=f"{at}key")
    known = ladder.tiers.filter(key=key).first()
    rule = _rule(ladder, key, labels, _factor(one.get("factor", "1"), f"{at}factor"), known,
                 actor=actor, now=now)  # fmt: skip
    tier, _ = Tier.objects.update_or_create(
        tier_set=ladder, key=key,
        defaults={"labels": labels, "threshold": threshold, "factor_rule": rule,
                  "benefits": _words(one.get("benefits"), f"{at}benefits"),
                  "staff_notes": _words(one.get("staff_notes"), f"{at}staff_notes"),
                  "life": _life(one.get("life"), f"{at}life")},
    )  # fmt: skip
    return tier


@needs_transaction
def drop_step(tier: Tier, *, field: str = "") -> None:
    """Take a step out of its ladder, as long as nobody stood on it."""
    if Standing.objects.filter(tier=tier).exists():
        raise InvalidInput(f"Customers stand or stood on {tier.key}.", field=field)
    if tier.rewardprice_set.exists():
        raise InvalidInput(f"Rewards have a price for {tier.key}.", field=field)
    tier.delete()


def _rule(
    ladder: TierSet, key: str, labels: Mapping[str, str], factor: Fraction, known: Tier | None, *,
    actor: Actor, now: datetime,
) -> Rule | None:  # fmt: skip
    """The rule that multiplies for whoever stands on the tier."""
    if factor == 1:
        return None
    named = known.factor_rule.key if known and known.factor_rule else f"tier-{key}"[:40]
    others = Tier.objects.filter(
        factor_rule__key=named, tier_set__currency=ladder.currency
    ).exclude(tier_set=ladder)
    if others.exists():
        named = f"tier-{ladder.key}-{key}"[: programme.KEY_LENGTH_MAX]
    version = programme.publish(
        currency=ladder.currency, key=named, labels=_times(labels, factor),
        body={"earn": "factor", "num": factor.numerator, "den": factor.denominator},
        actor=actor, now=now,
    )  # fmt: skip
    return version.rule


def _labels(given: Any, field: str) -> dict[str, str]:
    labels = _words(given, field)
    if not labels.get("en"):
        raise InvalidInput("Name it in English at least.", field=field)
    return labels


def _words(given: Any, field: str) -> dict[str, str]:
    """Texts by language, those that say something."""
    cleaned = {code: text.clean(str(words)) for code, words in dict(given or {}).items()}
    if any(len(words) > WORDS_LENGTH_MAX for words in cleaned.values()):
        raise InvalidInput(f"This is longer than {WORDS_LENGTH_MAX} characters.", field=field)
    return {code: words for code, words in cleaned.items() if words}


def _life(given: Any, field: str) -> dict[str, Any]:
    try:
        lives.read(given or {})
    except lives.BadLife as fault:
        raise InvalidInput("This life cannot be used.", field=f"{field}.{fault}") from None
    return dict(given or {})


def _factor(written: Any, field: str) -> Fraction:
    try:
        factor = Fraction(str(written))
    except (ValueError, ZeroDivisionError):
        factor = Fraction(0)
    if not 0 < factor <= FACTOR_MAX:
        raise InvalidInput('Write a factor such as "1.5" or "3/2".', field=field)
    return factor


def _times(labels: Mapping[str, str], factor: Fraction) -> dict[str, str]:
    """`Gold × 1.5`, with the decimal mark of each language."""
    exact = factor.denominator in (1, 2, 4, 5, 10, 20, 100)
    shown = f"{float(factor):g}" if exact else f"{factor.numerator}/{factor.denominator}"
    return {
        language: f"{name} × {shown.replace('.', money.DECIMAL_MARKS.get(language, '.'))}"
        for language, name in labels.items()
    }
