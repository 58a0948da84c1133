"""The search over all customers, what is decided of its pairs, and what comes again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from clientela.customers import queries as customers
from clientela.flows import accept_duplicates, decide_pair, import_file, search_duplicates
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.tests.conftest import NOW
from clientela.imports import queries
from clientela.matching.models import Pair, Search
from clientela.matching.queries import pairs
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM

pytest.importorskip("splink", reason="the extra clientela[dedupe] is not installed")
LATER = NOW + timedelta(hours=3)

pytestmark = pytest.mark.long


def register(name: str, phone: str, born: str, city: str = "Cēsis") -> UUID:
    details = Details(name=name, phones=[phone], attributes={"birth_date": born, "city": city})
    return register_customer(details, actor=SYSTEM, now=NOW)[0]


@pytest.fixture
def crowd(latvian_company: None, tmp_path: object, settings: object) -> tuple[UUID, UUID]:
    """Sixty people, one of them twice with a slip of the pen."""
    settings.HOME = Home(tmp_path / "home").prepare()  # type: ignore[attr-defined,operator]
    for n in range(60):
        register(f"Vards{n} Uzvards{n}", f"2600{n:04}", f"19{40 + n % 50}-0{1 + n % 9}-1{n % 10}")
    first = register("Anna Kalniņa", "26123456", "1972-05-14")
    return first, register("Anna Kalnina", "26123456", "1972-05-14", "Rīga")


def search(at: object = NOW) -> Search:
    begun = search_duplicates.begin(actor=SYSTEM, now=at)  # type: ignore[arg-type]
    return search_duplicates.run(begun.id, actor=SYSTEM, now=at)  # type: ignore[arg-type]


def test_pairs_are_found_decided_once_and_do_not_come_again(crowd: tuple[UUID, UUID]) -> None:
    done = search()
    assert (done.state, done.records, done.pairs) == ("finished", 62, 1)
    [pair] = pairs.waiting(now=NOW)
    assert set(pair.sides) == set(crowd)
    assert (pair.grade, pair.probability > 0.9) == ("accept", True)
    assert {part["field"] for part in pair.parts} >= {"surname", "birth_date", "phones"}
    decide_pair.different(pair.id, actor=SYSTEM, now=NOW)
    assert search(LATER).pairs == 0
    assert pairs.waiting(now=LATER) == []


def test_what_is_sure_is_merged_after_a_look_at_the_sample(crowd: tuple[UUID, UUID]) -> None:
    search()
    offered = accept_duplicates.offered(threshold=0.9, now=NOW)
    assert (offered.count, len(offered.sample)) == (1, 1)
    with pytest.raises(accept_duplicates.SampleNotLookedAt):
        accept_duplicates.begin(threshold=0.9, looked_at=[], actor=SYSTEM, now=NOW)
    seen = [one.id for one in offered.sample]
    begun = accept_duplicates.begin(threshold=0.9, looked_at=seen, actor=SYSTEM, now=NOW)
    done = accept_duplicates.run(begun.id, actor=SYSTEM, now=NOW)
    assert (done.merged, done.refused) == (1, 0)
    assert customers.family_of(crowd[1])[0] == customers.family_of(crowd[0])[0]
    assert not Pair.objects.filter(is_open=True).exists()


def test_a_file_brings_who_is_known_back_for_review(
    anna: UUID, tmp_path: Path, settings: object
) -> None:
    """By the mapping's switch; the totals close, and what was put aside says whom it may be."""
    settings.HOME = Home(tmp_path / "home").prepare()  # type: ignore[attr-defined]
    path = tmp_path / "file.csv"
    path.write_text("customer,name,phone\nA1,A. Kalniņa,26123456\nA2,Zane Ozola,26000099\n")
    for duplicates, name, new in (("review", "for_review", 1), ("reject", "rejected", 0)):
        batch = import_file.receive(
            path, kind="customers", mapping_text=f'duplicates = "{duplicates}"', source=None,
            actor=SYSTEM, now=NOW,
        )  # fmt: skip
        result = queries.told(import_file.run(batch.id, actor=SYSTEM, now=NOW))
        assert (result["read"], result["new"], result[name]) == (2, new, 1)
        [reason] = queries.reasons(batch.id, is_trial=False)
        assert "likely-duplicate" in reason
