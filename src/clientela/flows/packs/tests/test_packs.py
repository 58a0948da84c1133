"""Packs: shipped ones load, a second time nothing changes, what is dumped is what was loaded."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from clientela.customers.definitions import queries
from clientela.flows.packs import loading, reading, writing
from clientela.flows.packs.loading import Line, PackBreaksCustomers
from clientela.flows.packs.reading import BadPack
from clientela.flows.register_customer import Details, register_customer
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OURS = """
[profile_types.private]
party = "person"
labels = { en = "Private customer", es = "Cliente particular", lv = "Privātpersona" }
[[profile_types.private.fields]]
key = "employment"
type = "choice"
labels = { en = "Employment" }
choices = ["employed", { code = "retired", labels = { en = "Retired \\"for good\\"" } }]
[[profile_types.private.fields]]
key = "monthly_income"
type = "money"
labels = { en = "Monthly income" }
min_minor = 0
data_class = "financial"
filterable = true
required_when = { fact = "customer.employment", op = "eq", value = "employed" }
[[profile_types.private.fields]]
key = "score"
type = "decimal"
labels = { en = "Score" }
min = 0.5
scale = 2
"""


def load(text: str) -> list[Line]:
    return loading.load(reading.read(text), actor=SYSTEM, now=NOW)


def states(lines: list[Line]) -> Counter[str]:
    return Counter(line.state for line in lines)


@promise("CUS-06")
@pytest.mark.django_db
@pytest.mark.parametrize("name", reading.shipped())
def test_a_shipped_pack_loads_and_again_changes_nothing(name: str) -> None:
    text = reading.text_of(name)
    first = states(load(text))
    assert first["new"] > 10
    assert first["refused"] == 0
    assert states(load(text)).keys() == {"unchanged"}
    assert states(load(writing.dump())).keys() == {"unchanged"}
    pack = reading.read(text)
    words = [*(kind.labels for kind in pack.types), *(kind["labels"] for kind in pack.kinds)]
    shapes = [shape for kind in pack.types for shape in kind.fields]
    words += [shape.labels for shape in shapes]
    words += [choice.labels for shape in shapes for choice in shape.choices]
    assert all(labels.keys() == {"en", "es", "lv"} for labels in words)


def test_there_are_packs_for_five_trades() -> None:
    assert reading.shipped() == ["appliances", "bank", "cars", "retail", "telecom"]


@pytest.mark.django_db
def test_a_pack_of_ones_own_says_all_that_a_field_can() -> None:
    load(OURS)
    fields = {one["key"]: one for one in queries.described(queries.profile_type("private"))}
    assert fields["score"]["min"] == 0.5
    assert fields["employment"]["choices"][1]["labels"]["en"] == 'Retired "for good"'
    assert fields["monthly_income"]["required_when"]["value"] == "employed"
    assert states(load(writing.dump(["private"]))).keys() == {"unchanged"}
    changed = load(OURS.replace('en = "Score"', 'en = "Points"'))
    assert [(line.name, line.members) for line in changed if line.state == "changed"] == [
        ("private.score", ("labels",))
    ]


@pytest.mark.django_db
def test_a_bound_of_nought_is_a_bound() -> None:
    load(reading.text_of("bank"))
    fields = {one.key: one for one in queries.profile_type("private").fields.all()}
    assert fields["monthly_income"].rules == {"min_minor": 0}
    assert fields["dependants"].rules == {"min": 0, "max": 30}


def test_unknown_keys_and_bad_fields_are_errors_all_at_once() -> None:
    wrong = OURS.replace("min_minor", "least").replace('party = "person"', 'party = "cat"')
    with pytest.raises(BadPack) as refused:
        reading.read(wrong + '\n[colours.red]\nlabels = "Red"\n')
    assert [(one["field"], one["code"]) for one in refused.value.extra["faults"]] == [
        ("colours", "unknown-key"),
        ("profile_types.private.party", "bad-party"),
        ("profile_types.private.fields.1.monthly_income.least", "unknown-member"),
    ]
    with pytest.raises(BadPack):
        reading.read("this is [no toml")


@pytest.mark.django_db
def test_a_pack_that_breaks_customers_changes_nothing() -> None:
    load(OURS)
    details = Details(name="Anna", profile_type="private", attributes={"score": "1"})
    register_customer(details, actor=SYSTEM, now=NOW)
    tighter = OURS.replace("min = 0.5", "min = 2").replace('en = "Employment"', 'en = "Work"')
    checked = loading.check(reading.read(tighter), actor=SYSTEM, now=NOW)
    assert [(one.name, one.offenders) for one in checked if one.state == "refused"] == [
        ("private.score", 1)
    ]
    with pytest.raises(PackBreaksCustomers):
        load(tighter)
    assert queries.field("private", "employment").labels == {"en": "Employment"}
