"""Contact and family of a customer in the console."""

from __future__ import annotations

from uuid import UUID

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from clientela.console.tests.conftest import Register, SignIn, path_of, text_of
from clientela.customers import queries as customers
from clientela.customers.identities import queries as identities
from clientela.customers.kin import queries as kin
from clientela.customers.places import queries as places
from clientela.platform.promises import promise

QUERIES_MAX = 12
ADDRESS = {"purpose": "home", "street": "Brīvības iela 1", "city": "Rīga", "postcode": "1050",
           "country": "LV"}  # fmt: skip


@promise("CUS-09")
def test_a_clerk_adds_verifies_shares_and_ends_an_identity(agent: Client, anna: UUID) -> None:
    path = path_of(anna, "/identities")
    sent = agent.post(f"{path}/new", {"kind": "phone", "value": "+34 612 345 678", "primary": "on"})
    assert (sent.status_code, sent.headers["Location"]) == (303, path_of(anna, "/contact"))
    one = next(known.identity for known in identities.of([anna])
               if known.identity.value_norm == "+34612345678")  # fmt: skip
    agent.post(f"{path}/{one.public_id}/verification", {"method": "call"})
    agent.post(f"{path}/{one.public_id}/mark", {"do": "shared"})
    agent.post(f"{path}/{one.public_id}/mark", {"do": "bouncing"})
    page = text_of(agent.get(path_of(anna, "/contact")))
    assert "by a call" in page
    assert "does not arrive" in page
    agent.post(f"{path}/{one.public_id}/mark", {"do": "end"})
    assert "Former" in text_of(agent.get(path_of(anna, "/contact")))
    assert "+34612345678" not in {found.value_norm for found in customers.identities_of([anna])}
    assert agent.post(f"{path}/{one.public_id}/mark", {"do": "magic"}).status_code == 404


@promise("SEC-21")
def test_the_number_of_a_payment_card_is_refused_in_words(agent: Client, anna: UUID) -> None:
    page = agent.post(
        path_of(anna, "/identities/new"), {"kind": "card", "value": "4111 1111 1111 1111"}
    )
    assert page.status_code == 422
    assert "Such numbers are not kept here" in text_of(page)


@promise("CUS-11")
def test_a_clerk_writes_an_address_down_and_the_next_one_after_a_move(
    agent: Client, anna: UUID
) -> None:
    path = path_of(anna, "/addresses")
    assert 'value="LV"' in text_of(agent.get(f"{path}/new"))
    wrong = agent.post(f"{path}/new", {**ADDRESS, "postcode": "10"})
    assert "LV-1050" in text_of(wrong)
    agent.post(f"{path}/new", ADDRESS)
    [old] = places.of([anna])
    form = text_of(agent.get(f"{path}/new?instead_of={old.public_id}"))
    assert old.public_id in form
    agent.post(f"{path}/new", {**ADDRESS, "street": "Jūras iela 5", "city": "Ventspils",
                               "postcode": "LV-3601", "instead_of": old.public_id})  # fmt: skip
    new = places.of([anna])[0].public_id
    right = {**ADDRESS, "street": "Jūras iela 7", "city": "Ventspils", "postcode": "3601"}
    agent.post(f"{path}/{new}/edit", right)
    page = text_of(agent.get(path_of(anna, "/contact")))
    assert "Jūras iela 7<br>Ventspils<br>LV-3601" in page
    assert "Brīvības iela 1, Rīga, LV-1050" in page


@promise("CUS-12", "CUS-13")
def test_a_family_is_told_and_shown_on_both_records(
    agent: Client, anna: UUID, register: Register
) -> None:
    janis = register("Jānis Kalniņš", phones=["2655 6780"])
    told = {"kind": "back:guardian", "other": "2655 6780", "other_may_act": "on"}
    sent = agent.post(path_of(anna, "/relations/new"), told)
    assert sent.status_code == 303, text_of(sent)
    page = text_of(agent.get(path_of(janis, "/family")))
    assert "is guardian of" in page
    assert "may act for Anna Kalniņa" in page
    assert "may act here" in text_of(agent.get(path_of(anna)))

    agent.post(path_of(anna, "/households/new"), {"name": "Kalniņi", "role": "head"})
    agent.post(path_of(janis, "/households/joining"), {"other": "Anna Kalniņa", "role": "partner"})
    [home] = kin.homes_of([janis])
    assert [one.membership.role for one in home.members] == ["head", "partner"]
    [relation] = kin.relations_of([anna])
    agent.post(path_of(anna, f"/relations/{relation.relation.public_id}/rights"), {})
    agent.post(path_of(anna, f"/relations/{relation.relation.public_id}/ending"))
    agent.post(path_of(anna, f"/households/{home.household.public_id}/members/"
                             f"mem_{home.own.id.hex}/ending"))  # fmt: skip
    page = text_of(agent.get(path_of(janis, "/family")))
    assert "Belongs to no household yet." in page
    assert kin.relations_of([anna])[0].relation.ends_on is not None
    nobody = agent.post(path_of(anna, "/relations/new"), {"kind": "spouse", "other": "nobody"})
    assert "Nobody is known by this." in text_of(nobody)


def test_the_pages_of_contact_and_family_ask_little(
    agent: Client, anna: UUID, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for tab in ("/contact", "/family"):
        agent.get(path_of(anna, tab))
        with django_assert_max_num_queries(QUERIES_MAX):
            agent.get(path_of(anna, tab))


def test_who_may_not_change_customers_is_shown_no_buttons(sign_in: SignIn, anna: UUID) -> None:
    reader = sign_in("customers.view")
    for tab in ("/contact", "/family"):
        page = text_of(reader.get(path_of(anna, tab)))
        assert 'data-ui="new"' not in page
