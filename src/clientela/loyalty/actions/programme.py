"""The programme itself: kinds of points, how they are computed, and the rules that earn them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from clientela.loyalty.models import Account, Currency, CurrencyTerms, Programme, Rule, RuleVersion
from clientela.loyalty.rules import awards, baskets, bodies, lives, transfers
from clientela.platform import money
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

WORTH_MAX = 10**9
DEBT_MAX = 10**12
RULES_MAX = 500
PRIORITY_MAX = 1_000_000
KEY_LENGTH_MAX = 40
GRACE_DAYS_MAX = 366
BY_HAND_MAX = 10**9
DEFAULT_LIFE: Mapping[str, Any] = {"months": 24, "until": "month"}
LANGUAGES = ("en", "es", "lv")
COMPUTED_BY = ("rounding", "stack", "basis", "home_money")


class RuleHasEnded(Problem):
    code = "rule-has-ended"
    status = 409
    title = "This rule has ended"


class CurrencyKnown(Problem):
    code = "currency-known"
    status = 409
    title = "There are such points already"


@needs_transaction
def define(scheme: Mapping[str, Any], *, actor: Actor, now: datetime) -> Currency:
    """A programme, its currency and rules, by key; the same text again changes nothing.

    {"programme", "currency", "labels", "time_zone", "rules": [{"key", "labels", "body",
    "priority"}]} and the settings of `SETTINGS`; the worth is that of the document, others stay
    where they are not said; a new currency has DEFAULT_LIFE then. A life holds for points earned
    from now on.
    """
    for one in Currency.objects.filter(programme=scheme["programme"]):
        remember(one)
    programme, _ = Programme.objects.update_or_create(
        code=scheme["programme"],
        defaults={"labels": scheme["labels"], "time_zone": scheme.get("time_zone", "UTC")},
    )
    said = {"worth": {}, **{name: scheme[name] for name in SETTINGS if name in scheme}}
    if not Currency.objects.filter(code=scheme["currency"]).exists():
        said.setdefault("life", DEFAULT_LIFE)
    values = {"programme": programme, "labels": scheme["labels"], **settings(said)}
    currency, _ = Currency.objects.update_or_create(code=scheme["currency"], defaults=values)
    for one in programme.currencies.all():
        remember(one)
    for rule in scheme["rules"]:
        publish(currency=currency, key=rule["key"], labels=rule["labels"], body=rule["body"],
                priority=rule.get("priority"), actor=actor, now=now)  # fmt: skip
    return currency


@needs_transaction
def make_currency(
    *, programme: str, code: str, labels: Mapping[str, str], values: Mapping[str, Any]
) -> Currency:
    """Another kind of points in a programme that is there."""
    if not 0 < len(code) <= KEY_LENGTH_MAX or not code.replace("-", "").isalnum():
        raise InvalidInput("A code is letters, digits and dashes.", field="code")
    if Currency.objects.filter(code=code).exists():
        raise CurrencyKnown(field="code")
    found = Programme.objects.filter(code=programme).first()
    if found is None:
        raise InvalidInput(f"There is no programme {programme}.", field="programme")
    made = Currency.objects.create(
        programme=found,
        code=code,
        labels=named(labels),
        **settings({"life": DEFAULT_LIFE, **values}),
    )
    remember(made)
    return made


@needs_transaction
def change_currency(
    currency: Currency, *, labels: Mapping[str, str] | None, values: Mapping[str, Any]
) -> Currency:
    """Change what is said; it holds for what is earned from now on, and what was earned is taken
    back by what held then.
    """
    changes = settings(values)
    if "kind" in changes and changes["kind"] != currency.kind and currency.posting_set.exists():
        raise InvalidInput("Points were booked: what they are for stays.", field="kind")
    if labels is not None:
        changes["labels"] = named(labels)
    for name, value in changes.items():
        setattr(currency, name, value)
    remember(currency)
    currency.save(update_fields=list(changes))
    remember(currency)
    return currency


@needs_transaction
def remember(currency: Currency) -> None:
    """Keep how it is computed now, where that is not what was kept last. Before and after every
    change: so whatever was earned, was earned by a row that is kept.
    """
    kept = Currency.objects.select_related("programme").get(pk=currency.pk)
    computed: dict[str, Any] = {name: getattr(kept, name) for name in COMPUTED_BY}
    computed["time_zone"] = kept.programme.time_zone
    last = currency.past_terms.order_by("-id").values(*computed).first()
    is_used = last is not None or Account.objects.filter(currency=kept).exists()
    if is_used and last != computed:
        CurrencyTerms.objects.create(currency=kept, **computed)


def settings(said: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a currency as they are stored; what cannot be is refused by its name."""
    if unknown := set(said) - set(SETTINGS):
        raise InvalidInput("This is not known of points.", field=min(unknown))
    return {name: SETTINGS[name](value, name) for name, value in said.items()}


def _checked(read: Callable[[Mapping[str, Any]], object]) -> Callable[[Any, str], dict[str, Any]]:
    def stored(body: Any, name: str) -> dict[str, Any]:
        if not isinstance(body, Mapping):
            raise InvalidInput("This is an object.", field=name)
        try:
            read(body)
        except (lives.BadLife, awards.BadWaits, baskets.BadBasis, transfers.BadTerms) as fault:
            raise InvalidInput(
                "This part cannot be used.", field=f"{name}.{fault}"
            ) from None  # fmt: skip
        return dict(body)

    return stored


def _one_of(choices: Any) -> Callable[[Any, str], str]:
    def stored(value: Any, name: str) -> str:
        if value not in choices.values:
            raise InvalidInput(f"Use one of {', '.join(choices.values)}.", field=name)
        return str(value)

    return stored


def _worth(body: Any, name: str) -> dict[str, Any]:
    """What so many points stand for, {"points", "minor", "currency"}; nothing: it is not said."""
    if not body:
        return {}
    for part in ("points", "minor"):
        figure = body.get(part)
        if not _is_whole(figure, 1, WORTH_MAX):
            raise InvalidInput("This needs a whole number above 0.", field=f"{name}.{part}")
    if body.get("currency") not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field=f"{name}.currency")
    return {part: body[part] for part in ("points", "minor", "currency")}


def _home_money(value: Any, name: str) -> str:
    if value != "" and value not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field=name)
    return str(value)


def _debt_max(value: Any, name: str) -> int:
    if not _is_whole(value, 0, DEBT_MAX):
        raise InvalidInput("This needs a whole number from 0 on.", field=name)
    return int(value)


def _grace_days(value: Any, name: str) -> int:
    if not _is_whole(value, 0, GRACE_DAYS_MAX):
        raise InvalidInput(f"This needs a whole number from 0 to {GRACE_DAYS_MAX}.", field=name)
    return int(value)


def _by_hand(value: Any, name: str) -> int:
    if not _is_whole(value, 0, BY_HAND_MAX):
        raise InvalidInput(f"This needs a whole number from 0 to {BY_HAND_MAX}.", field=name)
    return int(value)


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


SETTINGS: Mapping[str, Callable[[Any, str], Any]] = {
    "kind": _one_of(Currency.Kind), "rounding": _one_of(Currency.Rounding),
    "stack": _one_of(Currency.Stack), "negative_policy": _one_of(Currency.Negative),
    "debt_max": _debt_max, "life": _checked(lives.read), "waits": _checked(awards.read_waits),
    "basis": _checked(baskets.read_switches), "home_money": _home_money, "worth": _worth,
    "activity_extends": _one_of(Currency.Extends), "life_max": _checked(lives.read),
    "part_back": _one_of(Currency.PartBack),
    "grace_days": _grace_days, "transfers": _checked(transfers.read),
    "adjust_alone_max": _by_hand, "adjust_day_max": _by_hand,
}  # fmt: skip


def named(labels: Mapping[str, str]) -> dict[str, str]:
    kept = {code: labels[code].strip() for code in LANGUAGES if str(labels.get(code, "")).strip()}
    if "en" not in kept:
        raise InvalidInput("Say the name in English at least.", field="labels.en")
    return kept


@needs_transaction
def publish(
    *, currency: Currency, key: str, labels: Mapping[str, str], body: Mapping[str, Any],
    actor: Actor, now: datetime, priority: int | None = None,
) -> RuleVersion:  # fmt: skip
    """Publish a rule's text as its next version, from `now` on; the first holds since ever.

    The same text as the present version publishes nothing.
    """
    read(body)
    values: dict[str, Any] = {"labels": dict(labels)}
    if priority is not None:
        values["priority"] = priority
    rule, _ = Rule.objects.update_or_create(currency=currency, key=key, defaults=values)
    if rule.ended_at is not None and rule.ended_at <= now:
        raise RuleHasEnded(field="key")
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()
    last = rule.versions.order_by("-number").first()
    if last is not None and bytes(last.digest) == digest:
        return last
    return RuleVersion.objects.create(
        rule=rule, number=last.number + 1 if last else 1, body=dict(body), digest=digest,
        starts_at=now if last else None, published_by=actor.id, published_at=now,
    )  # fmt: skip


def read(body: Mapping[str, Any]) -> bodies.Rule:
    """A rule's text; refused by the member that cannot be used."""
    try:
        return bodies.read(0, body)
    except bodies.BadRule as fault:
        raise InvalidInput("This part of the rule cannot be used.", field=f"body.{fault}") from None


@needs_transaction
def end(rule: Rule, *, now: datetime) -> Rule:
    """It gives nothing from now on; what it gave stays."""
    if rule.ended_at is None:
        rule.ended_at = now
        rule.save(update_fields=["ended_at"])
    return rule
