"""The search against a public set of people with known duplicates (febrl3)."""

from __future__ import annotations

import csv
import gzip
from hashlib import sha256
from itertools import combinations
from typing import Any

import pytest

from clientela.matching.linking import pairs
from clientela.matching.rules.clusters import clustered
from clientela.platform.promises import promise
from clientela.platform.tests.samples import sample

duckdb = pytest.importorskip("duckdb", reason="the extra clientela[dedupe] is not installed")
pytest.importorskip("splink", reason="the extra clientela[dedupe] is not installed")
LETTERS = str.maketrans("0123456789", "ghijklmnop")
COLUMNS = (
    "unique_id BIGINT, given_name VARCHAR, surname VARCHAR, birth_date VARCHAR, street VARCHAR,"
    " place VARCHAR, postcode VARCHAR, national_id VARCHAR, phones VARCHAR[], emails VARCHAR[]"
)


@pytest.fixture(scope="module")
def people() -> list[dict[str, str]]:
    path = sample("febrl/dataset3.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.reader(file, skipinitialspace=True))
    head = [name.strip() for name in rows[0]]
    return [dict(zip(head, map(str.strip, row), strict=True)) for row in rows[1:]]


def who(people: list[dict[str, str]], place: int) -> str:
    return people[place]["rec_id"].split("-")[1]


@pytest.fixture(scope="module")
def scored(people: list[dict[str, str]]) -> list[pairs.Scored]:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE records ({COLUMNS})")
    rows = [
        [place, *(row[name] or None for name in ("given_name", "surname", "date_of_birth")),
         f"{row['street_number']} {row['address_1']}".strip() or None,
         *(row[name] or None for name in ("suburb", "postcode", "soc_sec_id"))]
        for place, row in enumerate(people)
    ]  # fmt: skip
    connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, [], [])", rows)
    return list(pairs.scored(connection, party="person"))


@promise("CUS-32")
@pytest.mark.long
def test_known_duplicates_are_found_and_nobody_is_mixed_up(
    people: list[dict[str, str]], scored: list[pairs.Scored]
) -> None:
    """5,000 records of 2,000 people, 6,538 true pairs: F1 at least .990, no impure cluster."""
    of: dict[str, list[int]] = {}
    for place in range(len(people)):
        of.setdefault(who(people, place), []).append(place)
    true = {frozenset(pair) for group in of.values() for pair in combinations(group, 2)}
    found = {frozenset((one.one, one.other)) for one in scored}
    right = len(found & true)
    precision, recall = right / len(found), right / len(true)
    assert (len(people), len(true)) == (5_000, 6_538)
    assert 2 * precision * recall / (precision + recall) >= 0.990
    edges = [(one.one, one.other, one.probability) for one in scored if not one.guards]
    clusters = clustered(edges, threshold=0.9)
    mixed = [
        members for members in clusters.members.values()
        if len({who(people, int(str(member))) for member in members}) > 1
    ]  # fmt: skip
    assert mixed == []


def table(rows: list[list[Any]]) -> Any:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE records ({COLUMNS})")
    connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return connection


def strangers(*, from_id: int) -> list[list[Any]]:
    """Forty people who have nothing in common."""
    rows = []
    for n in range(40):
        word = (
            sha256(str(n).encode()).hexdigest().translate(str.maketrans("0123456789", "ghijklmnop"))
        )
        born = f"19{40 + n}-{1 + n % 12:02}-{1 + n % 28:02}"
        rows.append([from_id + n, word[:7], word[7:16], born, f"{word[16:24]} {n}", word[24:30],
                     f"LV{2000 + 17 * n}", None, [], []])  # fmt: skip
    return rows


def compared(rows: list[list[Any]], *, party: str) -> dict[tuple[int, int], pairs.Scored]:
    found = pairs.scored(table(rows), party=party, least=0)
    return {(one.one, one.other): one for one in found}


@pytest.mark.long
def test_twins_generations_and_family_firms_are_never_accepted_together() -> None:
    home = ["brivibas iela 1", "riga", "LV1001", None, ["+37126000001"], []]
    rows = [
        [1, "anna", "kalnina", "1990-05-14", *home], [2, "zane", "kalnina", "1990-05-14", *home],
        [3, "janis", "berzins", "1950-01-02", *home], [4, "janis", "berzins", "1981-09-30", *home],
        *strangers(from_id=5),
    ]  # fmt: skip
    found = {
        (one.one, one.other): one for one in pairs.scored(table(rows), party="person", least=0)
    }
    assert found[1, 2].guards == ("twins",)
    assert found[3, 4].guards == ("generations",)
    place = ["ostas iela 2", "liepaja", "LV3401", None, ["+37126000002"], []]
    firms = [[1, None, "berzins un deli", None, *place],
             [2, None, "berzins un meitas", None, *place],
             *[[row[0], None, " ".join(row[1:3]), None, *row[4:]]
               for row in strangers(from_id=3)]]  # fmt: skip
    companies = {
        (one.one, one.other): one for one in pairs.scored(table(firms), party="company", least=0)
    }
    assert companies[1, 2].guards == ("family_firm",)


@pytest.mark.long
def test_a_pair_says_field_by_field_why() -> None:
    rows = [
        [1, "anna", "kalnina", "1990-05-14", "brivibas iela 1", "riga", "LV1001", None, [], []],
        [2, "anna", "kalnin", "1990-05-14", "brivibas iela 1", "cesis", "LV1001", None, [], []],
        *strangers(from_id=3),
    ]  # fmt: skip
    pair = compared(rows, party="person")[1, 2]
    assert {field: degree for field, degree, _ in pair.parts} == {
        "given_name": "same", "surname": "alike", "birth_date": "same", "street": "same",
        "place": "different", "postcode": "same",
    }  # fmt: skip
    assert pair.weakest == "place"
