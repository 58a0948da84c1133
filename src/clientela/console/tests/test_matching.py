"""Duplicates in the console: the warning while typing, the review, merging, taking back."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from clientela.console.tests.conftest import Register, SignIn
from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.matching.actions import pairs
from clientela.matching.models import Acceptance, Merge, NotDuplicate, Pair
from clientela.platform import ids, transactions

PARTS = [
    {"field": "surname", "likeness": "same", "weight": 9.1},
    {"field": "phones", "likeness": "different", "weight": -1.2},
]


@pytest.fixture
def manager(sign_in: SignIn) -> Client:
    return sign_in(role="administrator")


@pytest.fixture
def other(register: Register) -> UUID:
    return register("Anna Kalnina", phones=["2999 8888"], country="LV")


def paired(one: UUID, two: UUID, *, grade: str = "accept", probability: float = 0.99) -> str:
    low, high = sorted((one, two))
    row = {"customer_id": low, "other_id": high, "probability": probability, "weakest": "phones",
           "parts": PARTS, "grade": grade}  # fmt: skip
    with transactions.open():
        pairs.list_pairs([row], origin=Pair.Origin.SEARCH, now=datetime.now(UTC))
    return Pair.objects.get(customer_id=low, other_id=high).public_id


def test_who_is_typed_in_is_found_while_typing(manager: Client, anna: UUID) -> None:
    typed = {"type": "person", "name": "A", "phone": "26123456"}
    shown = manager.post("/customers/new/alike", typed).content.decode()
    assert ids.public("cus", anna) in shown
    assert "has this phone" in shown
    named = manager.post("/customers/new/alike", {"type": "person", "name": "Anna Kalnina"})
    assert "has this name" in named.content.decode()
    nobody = manager.post("/customers/new/alike", {"type": "person", "name": "Zoe"})
    assert nobody.content.decode().strip() == ""


def test_a_pair_is_merged_with_the_values_chosen(manager: Client, anna: UUID, other: UUID) -> None:
    pair = paired(anna, other)
    assert pair in manager.get("/duplicates").content.decode()
    page = manager.get(f"/duplicates/{pair}").content.decode()
    for mark in ("pair-same", "pair-different", "pair-later", "value-1", "value-2"):
        assert f'data-ui="{mark}"' in page
    assert "weakest link" in page
    sent = {"decision": "same", "survivor": ids.public("cus", anna),
            "choice.name": ids.public("cus", other)}  # fmt: skip
    assert manager.post(f"/duplicates/{pair}", sent).status_code == 303
    assert customers.family_of(other)[0] == anna
    assert Customer.objects.get(id=anna).display_name == "Anna Kalnina"


def test_two_customers_are_remembered_and_later_is_put_off(
    manager: Client, anna: UUID, other: UUID
) -> None:
    pair = paired(anna, other)
    manager.post(f"/duplicates/{pair}", {"decision": "later"})
    assert pair not in manager.get("/duplicates").content.decode()
    manager.post(f"/duplicates/{pair}", {"decision": "different"})
    assert NotDuplicate.objects.filter(lifted_at=None).count() == 1
    assert manager.get(f"/duplicates/{pair}").status_code == 404


def test_a_record_is_merged_by_hand_and_parted_again(
    manager: Client, anna: UUID, other: UUID
) -> None:
    one, two = ids.public("cus", anna), ids.public("cus", other)
    assert 'data-ui="merge"' in manager.get(f"/customers/{one}").content.decode()
    assert two in manager.get(f"/customers/{one}/merge?q=kalnina").content.decode()
    assert manager.get(f"/customers/{one}/merge?with={two}").status_code == 200
    done = manager.post(f"/customers/{one}/merge", {"with": two, "survivor": one})
    assert done.status_code == 303
    assert manager.get(f"/customers/{two}").status_code == 308
    merge = Merge.objects.get()
    assert merge.public_id in manager.get("/merges").content.decode()
    assert 'data-ui="unmerge"' in manager.get(f"/merges/{merge.public_id}").content.decode()
    assert manager.post(f"/merges/{merge.public_id}", {"reason": "two"}).status_code == 303
    assert customers.family_of(other) == [other]
    assert manager.get(f"/merges/{merge.public_id}").status_code == 200


def test_the_history_of_a_record_leads_to_its_merges(
    manager: Client, sign_in: SignIn, anna: UUID, other: UUID
) -> None:
    one, two = ids.public("cus", anna), ids.public("cus", other)
    manager.post(f"/customers/{one}/merge", {"with": two, "survivor": one})
    merge = Merge.objects.get().public_id
    assert f'href="/merges/{merge}"' in manager.get(f"/customers/{one}/history").content.decode()
    agent = sign_in(role="agent")
    assert 'data-ui="record-merges"' not in agent.get(f"/customers/{one}/history").content.decode()


def test_sure_pairs_are_accepted_after_a_look_at_the_sample(
    manager: Client, anna: UUID, other: UUID
) -> None:
    paired(anna, other)
    page = manager.get("/duplicates/acceptance?threshold=0.95").content.decode()
    assert 'data-ui="sample-row"' in page
    key = Pair.objects.get().id.hex
    unseen = manager.post("/duplicates/acceptance", {"threshold": "0.95"})
    assert unseen.status_code == 422
    wrong = {"threshold": "0.95", "seen": key, "wrong": key}
    assert manager.post("/duplicates/acceptance", wrong).status_code == 422
    assert NotDuplicate.objects.count() == 1
    assert Acceptance.objects.count() == 0


@pytest.mark.parametrize("path", ["/duplicates", "/merges", "/duplicates/acceptance"])
def test_lists_take_few_queries(
    manager: Client, anna: UUID, other: UUID, path: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    paired(anna, other)
    manager.get(path)
    with django_assert_max_num_queries(12):
        assert manager.get(path).status_code == 200


def test_who_may_not_merge_sees_no_duplicates(sign_in: SignIn, anna: UUID) -> None:
    agent = sign_in(role="agent")
    assert agent.get("/duplicates").status_code == 403
    assert (
        'data-ui="merge"' not in agent.get(f"/customers/{ids.public('cus', anna)}").content.decode()
    )
