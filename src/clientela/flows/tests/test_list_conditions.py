"""A condition asked of many customers finds those of whom it is judged true, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clientela.customers import actions, queries
from clientela.customers.actions import NewCustomer
from clientela.customers.models import Customer, ProfileType
from clientela.flows import facts
from clientela.flows.lists import reading as lists
from clientela.flows.lists.known import known
from clientela.flows.lists.state import ListState
from clientela.platform import ids, sql, transactions
from clientela.platform.conditions import grammar, judging
from clientela.platform.conditions.judging import Row
from clientela.platform.http.actors import SYSTEM
from clientela.products.models import Holder, Holding, Kind, Product
from clientela.staff import company as companies

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)  # the 21st in Rīga
TODAY = date(2026, 11, 21)
CODES = [{"code": code, "labels": {"en": code}} for code in ("gold", "Silver", "b-2")]
FIELDS = [
    {"key": key, "type": kind, "labels": {"en": key}, "choices": choices}
    for key, kind, choices in (
        ("motto", "text", []), ("children", "integer", []), ("score", "decimal", []),
        ("owed", "money", []), ("member", "yes_no", []), ("birth_date", "date", []),
        ("seen", "instant", []), ("segment", "choice", CODES), ("interests", "choices", CODES),
        ("home", "country", []), ("city", "text", []),
    )
]  # fmt: skip
WORDS = ["Rīga", "riga", "Cēsis", "León 100%", "a_b", "", "x"]

pytestmark = pytest.mark.long


@dataclass(frozen=True, slots=True)
class Town:
    """Everybody there is, with what is known of each."""

    rows: dict[UUID, Row]

    def judged(self, tree: Any, catalogue: Any) -> set[UUID]:
        node = grammar.read(tree, catalogue)
        clock = facts.clock(companies.current(), NOW)
        return {id for id, row in self.rows.items() if judging.holds(node, row, clock)}


@pytest.fixture
def town(latvian_company: None) -> Town:
    """Sixty customers with holes in what is known of them; some of them were merged."""
    chance = Random(7)
    with transactions.open():
        kind = ProfileType.objects.create(key="tested", party="person")
        for field in FIELDS:
            kind.fields.create(**field)
        made = actions.register(
            [_customer(chance, number) for number in range(60)], now=NOW, today=TODAY
        )
        everybody = [id for _, id in made]
        _hold_things(chance, everybody)
        for alias in everybody[:6]:
            Customer.objects.filter(id=alias).update(
                merged_into=everybody[-1], status=Customer.Status.TOMBSTONE
            )
    sql.execute("ANALYZE customers_customer")
    return Town({
        id: facts.row_of(queries.family_of(id), company=companies.current(), now=NOW)
        for id in everybody[6:]
    })  # fmt: skip


def _customer(chance: Random, number: int) -> NewCustomer:
    def at_times(value: Any) -> Any:
        return value if chance.random() < 0.7 else None

    attributes = {
        "motto": at_times(chance.choice(WORDS)), "children": at_times(chance.randrange(5)),
        "score": at_times(Decimal(chance.randrange(-30, 30)) / 4),
        "owed": at_times({"minor": chance.randrange(4), "currency": chance.choice(["EUR", "USD"])}),
        "member": at_times(chance.random() < 0.5),
        "birth_date": at_times((TODAY - timedelta(days=chance.randrange(30_000))).isoformat()),
        "seen": at_times(
            (NOW + timedelta(hours=chance.randrange(-60, 60))).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        ),
        "segment": at_times(chance.choice(["gold", "Silver", "b-2"])),
        "interests": at_times(sorted(chance.sample(["gold", "Silver", "b-2"], 2))),
        "home": at_times(chance.choice(["LV", "ES"])), "city": at_times(chance.choice(WORDS[:3])),
    }  # fmt: skip
    known_since = TODAY - timedelta(days=chance.randrange(2_000))
    return NewCustomer(
        name=f"Ānna {number}", profile_type="tested", language=chance.choice(["", "lv", "es"]),
        known_since=known_since,
        attributes={key: value for key, value in attributes.items() if value not in (None, "")},
    )  # fmt: skip


def _hold_things(chance: Random, everybody: list[UUID]) -> None:
    kinds = [Kind.objects.create(key=key, labels={}) for key in ("card", "mortgage")]
    products = [
        Product.objects.create(id=ids.uuid7(), code=kind.key, code_norm=kind.key, name=kind.key,
                               kind=kind)
        for kind in kinds
    ]  # fmt: skip
    for place, customer in enumerate(everybody):
        for _ in range(chance.randrange(3)):
            status = chance.choice(["active", "active", "closed", "applied"])
            opened = TODAY - timedelta(days=chance.randrange(3_000))
            holding = Holding.objects.create(
                id=ids.uuid7(), customer_id=customer, product=chance.choice(products),
                status=status, opened_on=opened,
                closed_on=TODAY if status == "closed" else None,
                matures_on=chance.choice([None, TODAY + timedelta(days=chance.randrange(90))]),
                balance_minor=chance.choice([None, 0, 500]), currency="EUR",
            )  # fmt: skip
            others = chance.sample(everybody, 1) if place % 3 else []
            for holder, role in [(customer, "owner"), *((one, "joint") for one in others)]:
                Holder.objects.create(
                    id=ids.uuid7(), customer_id=holder, holding_id=holding.id,
                    main_customer_id=customer, role=role,
                )  # fmt: skip


def asks(fact: str, operators: list[str], values: st.SearchStrategy[Any]) -> Any:
    return st.builds(
        lambda op, value: {"fact": fact, "op": op, "value": value}, st.sampled_from(operators),
        values,
    )  # fmt: skip


def several(values: st.SearchStrategy[Any]) -> Any:
    return st.lists(values, min_size=1, max_size=2)


COMPARED = ["eq", "ne", "lt", "le", "gt", "ge"]
DAYS = ["eq", "ne", "lt", "le", "gt", "ge", "before", "after", "on"]
words = st.sampled_from(["riga", "ces", "%", "_", "León", "", "100%"])
codes = st.sampled_from(["gold", "SILVER", "b-2", "unknown"])
numbers = st.one_of(
    st.integers(-4, 6), st.just({"fact": "customer.children"}), st.just({"fact": "customer.score"}),
    st.builds(lambda a, b, s: {s: [a, b]}, st.integers(0, 4), st.integers(0, 4),
              st.sampled_from(["+", "-", "*", "/"])),
)  # fmt: skip
amounts = st.one_of(
    st.just({"fact": "customer.owed"}),
    st.builds(lambda minor, code: {"minor": minor, "currency": code}, st.integers(0, 3),
              st.sampled_from(["EUR", "USD"])),
)  # fmt: skip
days = st.dates(TODAY - timedelta(days=2_000), TODAY + timedelta(days=2)).map(date.isoformat)
near = st.integers(-3, 3).map(lambda days: (TODAY + timedelta(days=days)).isoformat())
moments = st.integers(-60, 60).map(lambda hours: (NOW + timedelta(hours=hours)).isoformat())
windows = st.builds(
    lambda way, count, unit, mode: {way: count, "unit": unit, "mode": mode},
    st.sampled_from(["last", "next"]), st.integers(1, 40), st.sampled_from(["day", "week"]),
    st.sampled_from(["calendar", "complete"]),
)  # fmt: skip
rolling = windows.map(lambda window: {**window, "mode": "rolling"})
held = st.one_of(
    asks("holding.kind", ["eq", "ne"], st.sampled_from(["card", "mortgage"])),
    asks("holding.role", ["eq", "ne"], st.sampled_from(["owner", "joint"])),
    asks("holding.ends_on", ["within"], windows),
    asks("holding.balance", ["ge", "ne"], st.just({"minor": 500, "currency": "EUR"})),
    asks("holding.years", ["ge", "lt"], st.integers(0, 8)),
    st.just({"fact": "holding.ends_on", "op": "is_set"}),
)  # fmt: skip
questions = st.one_of(
    asks("customer.motto", ["eq", "ne", "contains", "not_contains", "starts_with", "ends_with"],
         words),
    asks("customer.motto", ["in", "not_in"], several(words)),
    st.builds(lambda ask: {**ask, "exactly": True},
              asks("customer.motto", ["eq", "contains", "starts_with"], words)),
    st.just({"fact": "customer.motto", "op": "eq", "value": {"fact": "customer.city"}}),
    asks("customer.city", ["eq", "ne"], words), asks("customer.name", ["contains"], words),
    asks("customer.children", COMPARED, numbers), asks("customer.score", COMPARED, numbers),
    asks("customer.score", ["between"], st.lists(st.integers(-8, 8), min_size=2, max_size=2)),
    asks("customer.children", ["in", "not_in"], several(st.integers(0, 4))),
    asks("customer.owed", COMPARED, amounts),
    asks("customer.member", ["eq", "ne"], st.booleans()),
    asks("customer.birth_date", DAYS, days), asks("customer.since", DAYS, days),
    asks("customer.birth_date", ["within"], windows), asks("customer.since", ["within"], windows),
    asks("customer.since", ["between"], st.lists(days, min_size=2, max_size=2)),
    asks("customer.since", ["lt", "ge", "eq"], st.just({"fact": "customer.birth_date"})),
    asks("customer.seen", DAYS, st.one_of(near, moments)),
    asks("customer.seen", ["within"], st.one_of(windows, rolling)),
    asks("customer.seen", ["between"], st.lists(near, min_size=2, max_size=2)),
    asks("customer.segment", ["eq", "ne"], codes),
    asks("customer.segment", ["in", "not_in", "has_any", "has_all", "has_none"], several(codes)),
    asks("customer.interests", ["has_any", "has_all", "has_none"], several(codes)),
    asks("customer.home", ["eq", "ne"], st.sampled_from(["LV", "lv", "EE"])),
    asks("customer.language", ["eq", "ne", "in"], st.just("lv")).filter(
        lambda ask: ask["op"] != "in"),
    asks("customer.age", COMPARED, st.integers(0, 80)), asks("customer.years", COMPARED, numbers),
    asks("holdings.count", COMPARED, st.integers(0, 3)),
    asks("holdings.kinds", ["has_any", "has_all", "has_none"],
         several(st.sampled_from(["card", "MORTGAGE"]))),
    asks("points.available", COMPARED, st.integers(0, 3)),
    asks("issues.open", COMPARED, st.integers(0, 3)),
    st.builds(lambda fact, op: {"fact": fact, "op": op}, st.sampled_from([
        "customer.motto", "customer.owed", "customer.interests", "customer.member",
        "customer.language", "holdings.kinds", "holdings.count"]),
        st.sampled_from(["is_set", "is_not_set"])),
    st.builds(lambda quantifier, where: {"related": "holdings", "quantifier": quantifier,
                                         "where": where},
              st.sampled_from(["any", "none", "every"]), held),
    st.builds(lambda op, count, where: {"related": "holdings", "quantifier": "count", "op": op,
                                        "value": count, "where": where},
              st.sampled_from(COMPARED), st.integers(0, 2), held),
)  # fmt: skip
trees = st.recursive(
    questions,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=5,
)


def found(tree: Any) -> set[UUID]:
    """Whom the list finds, over all its pages."""
    state = ListState(kind="tested", filter=tree)
    read = lists.reading(state, actor=SYSTEM, company=companies.current(), now=NOW)
    ids, after = set[UUID](), ""
    while True:
        page = read.page(after=after, limit=25)
        ids |= {row.id for row in page.rows}
        if page.after is None:
            return ids
        after = page.after


def test_a_list_finds_those_of_whom_its_condition_is_judged_true(town: Town) -> None:
    catalogue = known(SYSTEM, company=companies.current(), kind="tested").catalogue

    @given(tree=trees)
    @settings(
        max_examples=150, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    def agrees(tree: Any) -> None:
        assert found(tree) == town.judged(tree, catalogue)

    agrees()


def test_a_filter_and_its_denial_part_everybody(town: Town) -> None:
    @given(tree=trees)
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def parts(tree: Any) -> None:
        one, other = found(tree), found({"not": tree})
        assert not one & other
        assert one | other == set(town.rows)

    parts()
