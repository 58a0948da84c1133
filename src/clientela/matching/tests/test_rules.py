"""Values that go on, likeness while typing, clusters: each by properties and by an example."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientela.matching.rules import merging
from clientela.matching.rules.clusters import clustered
from clientela.matching.rules.likeness import Held, Person, likeness, similar
from clientela.matching.rules.merging import BadChoice, Record, merged
from clientela.matching.rules.roles import roles_of

DAY = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = ("name", "country", "tags")
values = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text("abc", min_size=1, max_size=5), "country": st.sampled_from(["LV", "ES"]),
        "tags": st.lists(st.sampled_from("xyz"), min_size=1, unique=True).map(sorted),
    },
)  # fmt: skip


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    count = draw(st.integers(2, 5))
    return [
        Record(str(place), draw(values), DAY.replace(day=1 + place), {}) for place in range(count)
    ]


@given(records())
def test_a_merge_without_choices_keeps_what_the_survivor_says_and_loses_nothing(
    several: list[Record],
) -> None:
    taken = {one.field: one for one in merged(several, {})}
    assert set(taken) == {field for record in several for field in record.values}
    for field, value in several[0].values.items():
        if field != "tags":
            assert taken[field].value == value
    for one in taken.values():
        assert one.value not in (None, "", [])


@given(records(), st.sampled_from(["newest", "oldest", "longest"]))
def test_the_order_of_the_others_does_not_change_what_goes_on(
    several: list[Record], way: str
) -> None:
    choices = {"name": way} if any("name" in one.values for one in several) else {}
    answers = {
        tuple((one.field, str(one.value)) for one in sorted(
            merged([several[0], *others], choices), key=lambda one: one.field
        ))
        for others in permutations(several[1:])
    }  # fmt: skip
    if way != "longest":
        assert len(answers) == 1


def test_a_default_never_beats_a_value_that_somebody_entered() -> None:
    one = Record("1", {"paper": "letters", "kind": "private"}, DAY, {})
    two = Record("2", {"paper": "e-mail", "kind": "private"}, DAY, {})
    defaults = {"paper": "letters", "kind": "private"}
    taken = {row.field: row.value for row in merged([one, two], {}, defaults)}
    assert taken == {"paper": "e-mail", "kind": "private"}
    chosen = merged([one, two], {"paper": "survivor"}, defaults)
    assert {row.field: row.value for row in chosen}["paper"] == "letters"
    back = {row.field: row.value for row in merged([two, one], {}, defaults)}
    assert back["paper"] == "e-mail"


def test_lists_are_united_and_a_way_that_does_not_fit_is_named() -> None:
    one = Record("1", {"tags": ["a", "b"], "name": "Anna"}, DAY, {})
    two = Record("2", {"tags": ["b", "c"], "name": "Ann"}, DAY, {})
    taken = {row.field: row.value for row in merged([one, two], {"name": "2"})}
    assert taken == {"tags": ["a", "b", "c"], "name": "Ann"}
    for way in ("union", "nobody"):
        with pytest.raises(BadChoice):
            merged([one, two], {"name": way})


def test_a_field_changed_again_is_told() -> None:
    after = {"name": "Anna", "country": "LV"}
    assert merging.changed_since(after=after, now={"name": "Anna", "country": "ES"}) == ["country"]


def person(name: str, birth: str = "", address: str = "") -> Person:
    return Person(frozenset(name.split()), birth, address)


def test_likeness_while_typing() -> None:
    anna = person("anna kalnina", "1972-05-14", "brivibas 1")
    same = likeness(person("a"), anna, [Held("phone", shared=False)])
    assert same is not None
    assert (same.kind, same.reasons) == ("same", ("same-phone",))
    born = likeness(person("kalnina anna", "1972-05-14"), anna, [])
    assert born is not None
    assert (born.kind, born.reasons) == ("likely", ("name-and-birth-date",))
    assert likeness(person("anna kalnina"), anna, []) is None
    shared = [Held("phone", shared=True)]
    assert likeness(person("anna kalnin"), anna, shared) is not None
    assert likeness(person("peteris ozols"), anna, shared) is None


def test_a_slip_of_the_pen_is_similar_another_name_is_not() -> None:
    assert similar(frozenset({"anna", "kalnina"}), frozenset({"ana", "kalnina"}))
    assert not similar(frozenset({"anna", "kalnina"}), frozenset({"zane", "berzina"}))


def test_roles_are_said_by_the_field_or_by_its_key() -> None:
    fields = [("born", {"role": "birth_date"}), ("city", {}), ("birth_date", {}), ("x", {})]
    assert roles_of(fields) == {"birth_date": "born", "place": "city"}


edges = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.floats(0.5, 1)).filter(
        lambda edge: edge[0] < edge[1]
    ),
    unique_by=lambda edge: edge[:2], max_size=40,
)  # fmt: skip


@given(edges, st.randoms())
def test_every_member_reaches_the_threshold_against_the_representative(
    several: list[tuple[int, int, float]], chance: object
) -> None:
    found = clustered(several, threshold=0.9)
    near = {frozenset(edge[:2]) for edge in several if edge[2] >= 0.9}
    listed = [member for members in found.members.values() for member in members]
    assert len(listed) == len(set(listed))
    for representative, members in found.members.items():
        assert all(frozenset((representative, other)) in near for other in members[1:])
    chance.shuffle(several)  # type: ignore[attr-defined]
    assert clustered(several, threshold=0.9) == found


def test_a_chain_of_likenesses_is_no_cluster() -> None:
    chain = [(1, 2, 0.95), (2, 3, 0.95), (3, 4, 0.95), (4, 5, 0.95)]
    sizes = sorted(len(members) for members in clustered(chain, threshold=0.9).members.values())
    assert max(sizes) <= 3


def test_a_crowd_is_shown_not_proposed() -> None:
    star = [(0, other, 0.99) for other in range(1, 15)]
    found = clustered(star, threshold=0.9)
    assert found.too_large == {0}
