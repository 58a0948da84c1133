"""The programme itself: kinds of points, how long they live, and the rules that earn them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clientela.loyalty.models import Currency, Programme, Rule, RuleVersion
from clientela.loyalty.rules import earning as rules
from clientela.loyalty.rules import lives
from clientela.platform import money
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction

WORTH_MAX = 10**9


@needs_transaction
def define(scheme: Mapping[str, Any], *, actor: Actor, now: datetime) -> Currency:
    """A programme, its currency and rules, by key; the same text again changes nothing.

    {"programme", "currency", "labels", "time_zone", "life", "worth", "rules": [{"key", "labels",
    "body"}]}. A life holds for points earned from now on.
    """
    programme, _ = Programme.objects.update_or_create(
        code=scheme["programme"],
        defaults={"labels": scheme["labels"], "time_zone": scheme.get("time_zone", "UTC")},
    )
    values = {
        "programme": programme,
        "labels": scheme["labels"],
        "life": _life(scheme.get("life", {})),
        "worth": _worth(scheme.get("worth", {})),
    }
    currency, _ = Currency.objects.update_or_create(code=scheme["currency"], defaults=values)
    for rule in scheme["rules"]:
        publish(currency=currency, key=rule["key"], labels=rule["labels"], body=rule["body"],
                actor=actor, now=now)  # fmt: skip
    return currency


def _life(body: Mapping[str, Any]) -> dict[str, Any]:
    try:
        lives.read(body)
    except lives.BadLife as fault:
        raise InvalidInput("This part of the life cannot be used.", field=f"life.{fault}") from None
    return dict(body)


def _worth(body: Mapping[str, Any]) -> dict[str, Any]:
    """What so many points stand for, {"points", "minor", "currency"}; nothing: it is not said."""
    if not body:
        return {}
    for name in ("points", "minor"):
        part = body.get(name)
        if not isinstance(part, int) or isinstance(part, bool) or not 0 < part <= WORTH_MAX:
            raise InvalidInput("This needs a whole number above 0.", field=f"worth.{name}")
    if body.get("currency") not in money.CURRENCIES:
        raise InvalidInput("Use a currency of ISO 4217, such as EUR.", field="worth.currency")
    return {name: body[name] for name in ("points", "minor", "currency")}


@needs_transaction
def publish(
    *, currency: Currency, key: str, labels: Mapping[str, str], body: Mapping[str, Any],
    actor: Actor, now: datetime,
) -> RuleVersion:  # fmt: skip
    """Publish a rule's text as its next version, from `now` on; the first holds since ever.

    The same text as the present version publishes nothing.
    """
    try:
        rules.read(0, body)
    except rules.BadRule as fault:
        raise InvalidInput("This part of the rule cannot be used.", field=f"body.{fault}") from None
    rule, _ = Rule.objects.update_or_create(
        currency=currency, key=key, defaults={"labels": dict(labels)}
    )
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()
    last = rule.versions.order_by("-number").first()
    if last is not None and bytes(last.digest) == digest:
        return last
    return RuleVersion.objects.create(
        rule=rule, number=last.number + 1 if last else 1, body=dict(body), digest=digest,
        starts_at=now if last else None, published_by=actor.id, published_at=now,
    )  # fmt: skip
