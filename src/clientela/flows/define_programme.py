"""The whole programme from one document: points, their life and worth, rules, ladder, rewards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from clientela.flows import audiences, bound_earning, promotions, review_tiers
from clientela.loyalty.actions import catalogue, ladders, programme, referrals
from clientela.loyalty.actions.catalogue import RewardValues
from clientela.platform import periods, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

KNOWN = {"programme", "currency", "labels", "time_zone", "life", "worth", "rules", "ladder",
         "rewards", "caps", "referral", "promotions", *programme.SETTINGS}  # fmt: skip
NEEDED = ("programme", "currency", "labels", "rules")


@dataclass(frozen=True, slots=True)
class Defined:
    """`rewards`: key -> new, changed or unchanged; `raised`: who reached a tier by it."""

    currency: str
    rewards: dict[str, str]
    raised: int


def define_programme(
    body: Mapping[str, Any], *, actor: Actor, now: datetime, is_demo: bool = False
) -> Defined:
    """Bring the programme to what the document says; the same document again changes nothing.

    What is missing in it is left as it is, except the worth: that is the document's. Points earned
    before keep the life they had.
    """
    _check(body)
    with transactions.open():
        zone = body.get("time_zone") or companies.current().time_zone
        currency = programme.define({**body, "time_zone": zone}, actor=actor, now=now)
        if ladder := body.get("ladder"):
            ladders.define(ladder, currency=currency, actor=actor, now=now)
        if "referral" in body:
            referrals.define(currency.programme, body["referral"])
        for one in body.get("promotions", []):
            promotions.save_promotion(
                promotions.values_from(one), currency=currency.code, actor=actor, now=now
            )
        for one in body.get("caps", []):
            bound_earning.set_cap(
                bound_earning.wanted_from({"currency": currency.code, **one}), actor=actor, now=now
            )
        states = {}
        for place, one in enumerate(body.get("rewards", [])):
            values = reward_from({"currency": currency.code, "position": place, **one})
            audiences.check(values.audience, values.audience_view, actor=actor)
            states[values.key] = catalogue.save(
                values, actor=actor, now=now, is_demo=is_demo
            )[1]  # fmt: skip
    raised = review_tiers.raise_all(actor=actor, now=now) if body.get("ladder") else 0
    return Defined(currency.code, states, raised)


def _check(body: Mapping[str, Any]) -> None:
    if unknown := set(body) - KNOWN:
        raise InvalidInput("This is not known of a programme.", field=min(unknown))
    for name in NEEDED:
        if not body.get(name):
            raise InvalidInput("A programme needs this.", field=name)
    if "ladder" in body and not body["ladder"].get("key"):
        raise InvalidInput("A ladder needs a key.", field="ladder.key")


def reward_from(body: Mapping[str, Any]) -> RewardValues:
    """A reward as documents write it: `price` or `prices`, `money = {minor, currency}`."""
    given = dict(body)
    money = given.pop("money", None)
    if money is not None:
        given |= {"minor": money.get("minor"), "money_code": money.get("currency", "")}
    if "price" in given:
        given["prices"] = {"": given.pop("price"), **given.get("prices", {})}
    if unknown := set(given) - {field.name for field in fields(RewardValues)}:
        raise InvalidInput("This is not known of a reward.", field=f"rewards.{min(unknown)}")
    for name in ("travel_from_on", "travel_until_on"):
        if isinstance(given.get(name), str):
            given[name] = date.fromisoformat(given[name])
    given["blackouts"] = tuple(
        (date.fromisoformat(first), date.fromisoformat(last))
        for first, last in given.get("blackouts", ())
    )
    for name in ("starts_at", "ends_at"):
        if isinstance(given.get(name), str):
            given[name] = periods.parse_instant(given[name])
    try:
        return RewardValues(**given)
    except TypeError:
        raise InvalidInput("A reward needs key, kind, labels and price.", field="rewards") from None
