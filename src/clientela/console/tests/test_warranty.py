"""The warranty desk, claims and policies as people of the company see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from clientela.customers.queries import Reference
from clientela.flows.define_warranty import define_plan
from clientela.flows.hold_products import save_product
from clientela.flows.record_purchases import Bought, record_purchases
from clientela.flows.verify import verify
from clientela.platform import ids
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.actions import NewLine
from clientela.warranty.models.claimed import Claim
from clientela.warranty.models.covered import Unit
from clientela.warranty.queries import claims as reads

SERIAL = "4471-XK-20931"
SOLD = datetime.now(UTC) - timedelta(days=900)
SignIn = Callable[..., Client]


@pytest.fixture
def washer(anna: UUID) -> str:
    """Anna's washer: the law and the maker have ended, Care Plus runs; its holding's public id."""
    save_product(code="WM-9", name="Washer WM-9", kind="washer", price_minor=549_00,
                 currency="EUR")  # fmt: skip
    save_product(code="CARE", name="Care Plus", kind="cover", price_minor=89_00, currency="EUR")
    maker = {"names": {"en": "Norden 2 years"}, "clauses": [{"months": 24}]}
    care = {
        "names": {"en": "Care Plus"}, "start_rule": "after_base", "clauses": [{}],
        "limits": [{"kind": "deductible", "per": "claim", "amount_minor": 30_00},
                   {"kind": "cap", "per": "lifetime", "amount_minor": 549_00}],
        "prices": [{"term_months": 36, "amount_minor": 89_00}],
    }  # fmt: skip
    part = {"kind": "washer", "path": "drum.bearing", "names": {"en": "Drum bearing"}}
    for document in (
        {"code": "norden", "layer": "maker", "terms": maker, "components": [part],
         "assignments": [{"kind": "washer", "given": True}]},
        {"code": "care-plus", "layer": "extended", "product": "CARE", "terms": care,
         "assignments": [{"kind": "washer"}]},
    ):  # fmt: skip
        define_plan(document, actor=SYSTEM, now=SOLD)
    lines = (NewLine(1000, 549_00, "WM-9", serial=SERIAL), NewLine(1000, 89_00, "CARE"))
    sale = Bought("shop", "W-1", Reference("id", str(anna)), SOLD, 638_00, "EUR", lines=lines)
    [outcome] = record_purchases([sale], actor=SYSTEM, now=SOLD)
    assert outcome.state == "new", outcome.error
    return ids.public("hol", Unit.objects.get().holding_id)


def test_the_desk_answers_in_one_word_with_every_layer(
    washer: str, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    desk = sign_in(role="agent")
    desk.get("/warranty/desk")
    with django_assert_max_num_queries(16):
        page = desk.get(f"/warranty/desk?q={SERIAL}&part=drum.bearing").content.decode()
    assert 'data-answer="covered"' in page
    assert page.count('<tr data-answer="not_covered"') == 2
    assert "Care Plus" in page
    assert 'data-ui="axis"' in page
    assert 'data-ui="policy-value"' in page
    assert 'data-ui="say"' in page


def test_what_was_mistyped_is_suggested(washer: str, sign_in: SignIn) -> None:
    page = sign_in(role="agent").get("/warranty/desk?q=4471-XK-2O93I").content.decode()
    assert 'data-answer="unknown"' in page
    assert 'data-ui="alike"' in page


def test_a_name_or_phone_leads_to_the_unit(washer: str, sign_in: SignIn) -> None:
    assert 'data-ui="unit"' in sign_in(role="agent").get("/warranty/desk?q=Anna").content.decode()


def test_the_drawer_gets_a_part_of_a_page(washer: str, sign_in: SignIn) -> None:
    agent, address = sign_in(role="agent"), f"/warranty/check?holding={washer}"
    part = agent.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'data-answer="covered"' in part
    assert "<html" in agent.get(address).content.decode()


def key_in(page: str) -> str:
    found = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_claim_goes_from_the_report_to_the_end_by_its_page(washer: str, sign_in: SignIn) -> None:
    agent, manager = sign_in(role="agent"), sign_in(role="manager")
    address = f"/warranty/claims/new?holding={washer}"
    key = key_in(agent.get(address).content.decode())
    typed = {"fault_on": (datetime.now(UTC) - timedelta(days=2)).date().isoformat(),
             "component": "drum.bearing", "parts": "120.00", "idempotency_key": key}  # fmt: skip
    assert agent.post(address, {**typed, "parts": ""}).status_code == 422
    first = agent.post(address, typed)
    assert first.status_code == 303
    path = first.headers["Location"]
    assert agent.post(address, typed).headers["Location"] == path, "sent twice, opened once"
    claim = Claim.objects.get()
    page = agent.get(path).content.decode()
    assert 'data-ui="claim-waits"' in page
    page = manager.get(path).content.decode()
    assert 'data-ui="claim-approve"' in page
    assert manager.get("/warranty/claims").content.decode().count('data-ui="claim-row"') == 1
    refused = manager.post(f"{path}/decision", {"decision": "reject"})
    assert refused.status_code == 422
    steps: list[tuple[Client, str, dict[str, str]]] = [
        (manager, "decision", {"decision": "approve"}), (agent, "remedy", {"remedy": "repair"}),
        (agent, "settlement", {"reference": "INV-1"}), (agent, "closing", {}),
    ]  # fmt: skip
    for person, step, said in steps:
        assert person.post(f"{path}/{step}", said).status_code == 303, step
    whole = reads.whole(reads.get(claim.shown))
    assert (whole.claim.state, whole.payable_minor) == ("closed", 90_00)
    assert agent.get(path).status_code == 200
    assert not [one for one in verify() if one.wrong]


def test_a_policy_is_shown_explained_and_cancelled(washer: str, sign_in: SignIn) -> None:
    agent = sign_in(role="agent")
    desk = agent.get(f"/warranty/desk?q={SERIAL}").content.decode()
    found = re.search(r'href="(/warranty/policies/P-\d+)"', desk[desk.index("policy-value") :])
    assert found
    page = agent.get(found[1]).content.decode()
    assert 'data-ui="policy-cancel"' in page
    assert agent.get(f"{found[1]}/why").status_code == 200
    done = agent.post(f"{found[1]}/cancellation", {"reason": "Moved"})
    assert done.status_code == 303
    assert 'data-ui="policy-cancelled"' in agent.get(found[1]).content.decode()


def test_plans_and_the_customers_own_page(washer: str, sign_in: SignIn, anna: UUID) -> None:
    agent = sign_in(role="agent")
    plans = agent.get("/warranty/plans").content.decode()
    assert plans.count('data-ui="plan"') == 2
    page = agent.get(f"/customers/{ids.public('cus', anna)}/warranty").content.decode()
    assert SERIAL in page
    record = agent.get(f"/customers/{ids.public('cus', anna)}").content.decode()
    assert 'data-ui="cover"' in record
