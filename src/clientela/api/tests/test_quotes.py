"""A quote writes nothing and is what then happens: for redemptions and for purchases that are paid
with points, whatever the rules, the lots, the tier and the limits are.
"""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clientela.api.tests.conftest import Caller, MakeCaller, a_purchase
from clientela.api.tests.test_reward_kinds import euros, reward
from clientela.api.tests.test_rewards import agrees, redeem
from clientela.api.tests.test_tiers import GOLD, LADDER
from clientela.flows import quote_redemption
from clientela.loyalty.models import Lot, Redemption
from clientela.platform import ids
from clientela.platform.promises import promise

KINDS = ("product", "coupon", "money_off", "cash")
RULES: tuple[dict[str, Any], ...] = (
    {"earn": "multiply", "num": 13, "den": 10},
    {"earn": "bonus", "points": 7},
    {"earn": "per_purchase", "points": 11, "waits": {"days": 2}},
    {"earn": "multiply", "num": 3, "den": 1,
     "when": {"fact": "customer.language", "op": "eq", "value": "lv"}},
)  # fmt: skip
WARNINGS = ["not-in-all-languages", "nothing-to-add-to", "no-last-day", "hides-other-rules",
            "multiplies-much", "any-purchase-will-do"]  # fmt: skip
LIVES = (None, 3, 9, 30)
pytestmark = pytest.mark.django_db


@pytest.fixture
def club(api: Caller, anna: dict[str, Any]) -> str:
    """Anna, a ladder whose gold begins at €100, and a bag to be had."""
    api.post("/tiers", LADDER)
    assert api.post("/tiers/club/steps", GOLD).status_code == 200
    api.post("/products", {"code": "BAG", "name": "Bag", "kind": "household"})
    return str(anna["id"])


@functools.cache
def hashed() -> str:
    """A statement over all that is stored of points, purchases and events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename ~ '^(loyalty|purchases|events|products|mail)_' ORDER BY 1"
        )
        names = [name for (name,) in cursor.fetchall()]
        return " UNION ALL ".join(
            f"SELECT '{name}', count(*), sum(hashtext(w::text)) FROM {name} AS w"  # noqa: S608
            for name in names
        )  # fmt: skip


def everything() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(hashed())
        return sorted(cursor.fetchall())


def days_ago(days: int) -> str:
    at = datetime.now(UTC) - timedelta(days=days, minutes=5)
    return at.replace(microsecond=0).isoformat()


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """What somebody has and what the catalogue says."""
    kind = draw(st.sampled_from(KINDS))
    made = reward("it", kind, draw(st.sampled_from((10, 60, 75))))
    if kind == "product":
        made["product"] = "BAG"
    if kind != "product":
        made["money"] = euros(100)
    if kind in ("coupon", "money_off"):
        made["valid_days"] = 30
    if kind in ("money_off", "cash"):
        made["points_min"] = draw(st.sampled_from((None, 50, 120)))
    if kind == "product" and draw(st.booleans()):
        made |= {"money_prices": {"": 250}, "price_code": "EUR"}
    if draw(st.booleans()):
        made["prices"]["gold"] = 30
    today = datetime.now(UTC).date()
    span = [(today - timedelta(days=2)).isoformat(), (today + timedelta(days=2)).isoformat()]
    made |= {
        "stock": draw(st.sampled_from((None, None, 1))),
        "member_max": draw(st.sampled_from((None, None, 1))),
        "blackouts": draw(st.sampled_from(([], [], [], [span]))),
    }
    return {
        "reward": made,
        "rule": draw(st.sampled_from((None, *RULES))),
        "cap": draw(st.sampled_from((None, None, 60))),
        "lots": draw(st.lists(
            st.tuples(st.integers(100, 9_000), st.integers(0, 12), st.sampled_from(LIVES)),
            min_size=1, max_size=4,
        )),
        "points": draw(st.sampled_from((None, 60, 75, 120, 130))),
        "paid": draw(st.sampled_from(
            ({"up_to": True}, {"points": 20}, {"points": 55}, {"points": 4_000})
        )),
    }  # fmt: skip


def filled(api: Caller, world: dict[str, Any]) -> None:
    bought = [
        a_purchase(reference=f"L-{number}", total=euros(minor), purchased_at=days_ago(age))
        for number, (minor, age, _days) in enumerate(world["lots"])
    ]
    assert api.post("/purchases", {"purchases": bought}).json()["refused"] == 0
    lots = Lot.objects.order_by("amount")
    for lot, (_minor, age, days) in zip(
        lots, sorted(world["lots"], key=itemgetter(0)), strict=True
    ):
        if days is not None:
            ends_at = datetime.now(UTC) + timedelta(days=days - age, seconds=1)
            lot.expires_at = max(ends_at, lot.active_at or ends_at)
    Lot.objects.bulk_update(lots, ["expires_at"])
    assert api.post("/rewards", world["reward"]).status_code == 200
    if world["rule"]:
        told = {"currency": "points", "key": "more", "labels": {"en": "More"}, "read": WARNINGS,
                "body": world["rule"], "priority": 1}  # fmt: skip
        answer = api.post("/rules", told)
        assert answer.status_code == 200, answer.content
    if world["cap"]:
        cap = {"currency": "points", "period": "day", "most": world["cap"]}
        assert api.post("/points/caps", cap).status_code == 200


def refusal(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "request_id"}


def redeems_as_quoted(api: Caller, whose: str, world: dict[str, Any]) -> None:
    body = {"customer": whose, "reward": "it", "points": world["points"]}
    if world["reward"]["kind"] == "cash":
        body["payout"] = {"way": "bill"}
    before = everything()
    quoted = api.post("/redemptions/quotes", body)
    assert everything() == before
    done = api.post("/redemptions", body)
    assert quoted.status_code == done.status_code, (quoted.content, done.content)
    said, happened = quoted.json(), done.json()
    if done.status_code != 200:
        assert refusal(said) == refusal(happened)
        return
    for name in ("state", "replayed", "customer", "reward", "kind", "points", "to_pay", "balance"):
        assert said[name] == happened[name], name
    given = happened["coupon"] or happened["cash_out"] or {}
    assert said["gives"]["money"] == given.get("money")
    assert said["gives"]["expires_at"] == (happened["coupon"] or {}).get("expires_at")
    made = Redemption.objects.get(id=ids.parse("red", happened["id"]))
    used = quote_redemption.used_by(made)
    assert [one["points"] for one in said["used"]] == [one.points for one in used]
    assert sum(one.points for one in used) == happened["points"]


def sells_as_quoted(api: Caller, world: dict[str, Any]) -> None:
    sale = a_purchase(
        reference="S", total=euros(3_000), purchased_at=days_ago(0), payments=[world["paid"]]
    )
    before = everything()
    quoted = api.post("/points/quotes", sale)
    assert everything() == before
    [sold] = api.post("/purchases", {"purchases": [sale]}).json()["results"]
    said = quoted.json()
    if sold["state"] == "refused":
        assert refusal(said) == refusal(sold["error"])
        return
    [one], [paid] = said["payments"], sold["payments"]
    assert one == {name: paid[name] for name in ("means", "points", "money", "why")}
    earned = {gain["currency"]: gain["earned"] for gain in sold["points"]}
    assert {one["currency"]: one["points"] for one in said["currencies"] if one["points"]} == earned
    assert said["balances"] == {gain["currency"]: gain["balance"] for gain in sold["points"]}


@promise("LOY-73")
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds())
def test_what_is_quoted_happens(api: Caller, club: str, world: dict[str, Any]) -> None:
    with transaction.atomic():
        filled(api, world)
        if world["reward"]["kind"] == "money_off":
            sells_as_quoted(api, world)
        redeems_as_quoted(api, club, world)
        if world["reward"]["member_max"] or world["reward"]["stock"]:
            redeems_as_quoted(api, club, world)
        transaction.set_rollback(True)


@promise("LOY-73")
def test_a_quote_says_which_points_go_and_needs_only_to_look(
    api: Caller, club: str, caller_with: MakeCaller
) -> None:
    filled(api, {"lots": [(5_000, 0, None), (3_000, 1, 9)], "rule": None, "cap": None,
                 "reward": reward("it", "product", 40, product="BAG")})  # fmt: skip
    looking = caller_with("loyalty.view")
    body = {"customer": club, "reward": "it"}
    quoted = looking.post("/redemptions/quotes", body).json()
    assert [(one["points"], bool(one["expires_at"])) for one in quoted["used"]] == [
        (30, True), (10, False),
    ]  # fmt: skip
    assert (quoted["balance"], quoted["state"]) == (40, "waiting")
    assert "id" not in quoted
    assert looking.post("/redemptions", body).status_code == 403
    assert redeem(api, club, "it").json()["balance"] == 40
    assert agrees()
