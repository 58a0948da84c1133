"""The page of a customer: one request, few queries, panels that fail alone."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from pytest_django.fixtures import Settings

from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.customers.access.models import Access
from clientela.platform.declare import Panel

TABS = ("", "/holdings", "/purchases", "/points", "/timeline", "/history")
PAGES = ("/", "/customers", "/customers?q=kaln", "/imports", "/imports/new", "/settings/company",
         "/settings/people", "/settings/keys")  # fmt: skip
QUERIES_MAX = 12
RECORD_QUERIES_MAX = 4
BYTES_MAX = 40_000
"""Of a whole page, compressed."""
MaxQueries = Callable[[int], Any]


@pytest.mark.parametrize("tab", TABS)
def test_a_page_of_a_customer_takes_twelve_queries_at_most(
    admin: Client, anna: UUID, tab: str, django_assert_max_num_queries: MaxQueries
) -> None:
    admin.get(
        path_of(anna, tab)
    )  # the session's first page notes the time; rights are kept a second
    with django_assert_max_num_queries(QUERIES_MAX):
        assert admin.get(path_of(anna, tab)).status_code == 200


def test_the_record_takes_one_query_for_the_session_one_for_the_person_one_for_the_profile(
    agent: Client, anna: UUID, django_assert_max_num_queries: MaxQueries
) -> None:
    agent.get(path_of(anna))
    with django_assert_max_num_queries(RECORD_QUERIES_MAX):
        page = agent.get(path_of(anna))
    assert len(zlib.compress(page.content)) < BYTES_MAX


@pytest.mark.parametrize("language", ["en", "lv"])
@pytest.mark.parametrize("path", [*PAGES, "/settings/preferences", "tab", "/points", "/purchases"])
def test_a_page_says_what_it_says_without_folding(
    sign_in: SignIn, anna: UUID, path: str, language: str, settings: Settings
) -> None:
    client = sign_in(role="administrator", language=language)
    address = (
        path if path in PAGES or "settings" in path else path_of(anna, path.removeprefix("tab"))
    )
    client.get(address)
    folded = told(client.get(address))
    engine = settings.TEMPLATES[0]
    _, plain = engine["OPTIONS"]["loaders"][0]
    settings.TEMPLATES = [{**engine, "OPTIONS": {**engine["OPTIONS"], "loaders": plain}}]
    assert folded == told(client.get(address))


def told(response: object) -> str:
    """The page without what is new each time."""
    return re.sub(
        r'(value|X-CSRFToken)"?[=:] ?"[\w-]{30,}"|datetime="[^"]*"|data-now="[^"]*"',
        "",
        text_of(response),
    )


@pytest.mark.parametrize("path", PAGES)
def test_a_page_takes_twelve_queries_at_most(
    admin: Client, anna: UUID, path: str, django_assert_max_num_queries: MaxQueries
) -> None:
    admin.get("/")
    with django_assert_max_num_queries(QUERIES_MAX):
        assert admin.get(path).status_code == 200


def test_the_record_shows_who_it_is_and_what_they_bought_and_earned(
    agent: Client, anna: UUID
) -> None:
    page = text_of(agent.get(path_of(anna)))
    assert "<h1>Anna Kalniņa</h1>" in page
    assert "+371\u00a02612\u00a03456" in page
    assert "Cēsis" in page
    assert "14\u00a0May 1972" in page or "14 May 1972" in page
    assert "€62.00" in page
    assert ">124</span>" in page  # points of both purchases


def test_opening_a_record_is_written_down(agent: Client, anna: UUID) -> None:
    agent.get(path_of(anna))
    seen = Access.objects.get(customer_id=anna)
    assert seen.channel == "console"
    assert seen.actor.startswith("per_")


@pytest.mark.parametrize("tab", [*TABS, "/edit"])
def test_the_address_of_a_merged_customer_leads_to_the_survivor(
    admin: Client, anna: UUID, merged: UUID, tab: str
) -> None:
    response = admin.get(path_of(merged, tab) + "?kind=points")
    assert response.status_code == 308
    assert response.headers["Location"] == path_of(anna, tab) + "?kind=points"


@pytest.mark.parametrize("id", ["cus_" + 32 * "0", "cus_1", "cus_" + 32 * "Z", "imp_" + 32 * "0"])
def test_an_unknown_customer_is_not_there(agent: Client, id: str) -> None:
    response = agent.get(f"/customers/{id}")
    assert response.status_code == 404
    assert 'data-ui="not-found"' in text_of(response)


@pytest.mark.django_db(transaction=True)
def test_a_panel_that_fails_says_so_and_the_rest_stands(
    agent: Client, anna: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    loyalty = apps.get_app_config("loyalty")
    broken = Panel("points", "there_is_no_such_function", "loyalty.view")
    monkeypatch.setattr(loyalty, "panels", (broken,), raising=False)
    page = text_of(agent.get(path_of(anna)))
    assert page.count('data-ui="panel-error"') == 1
    assert f'hx-get="{path_of(anna, "/panels/points")}"' in page
    assert "€62.00" in page


def test_a_panel_is_answered_alone(agent: Client, anna: UUID) -> None:
    panel = text_of(agent.get(path_of(anna, "/panels/points")))
    assert panel.strip().startswith("<section")
    assert 'data-ui="points"' in panel
    assert agent.get(path_of(anna, "/panels/nothing")).status_code == 404


def test_why_says_the_steps_that_led_to_the_points(agent: Client, anna: UUID) -> None:
    row = agent.get(path_of(anna, "/points")).context["rows"][0]
    address = path_of(anna, f"/points/{row['id']}/why")
    drawer = text_of(agent.get(address, headers={"HX-Request": "true"}))
    assert "1 point for every 1.00" in drawer
    assert "€62.00" in drawer
    assert "+62" in drawer
    assert "<html" not in drawer
    assert 'data-ui="ledger"' in text_of(agent.get(address))


def test_why_of_somebody_elses_points_is_not_there(
    agent: Client, anna: UUID, register: Callable[..., UUID]
) -> None:
    row = agent.get(path_of(anna, "/points")).context["rows"][0]
    other = register("Jānis Kalniņš")
    assert agent.get(path_of(other, f"/points/{row['id']}/why")).status_code == 404


def test_the_timeline_is_told_in_the_readers_language_by_kind(agent: Client, anna: UUID) -> None:
    assert "Became a customer" in text_of(agent.get(path_of(anna, "/timeline")))
    only = text_of(agent.get(path_of(anna, "/timeline?kind=purchases")))
    assert "Bought for €62.00" in only
    assert "Became a customer" not in only
    assert "points earned" not in only


@pytest.mark.parametrize("tab", ["/purchases", "/points", "/timeline", "/history"])
@pytest.mark.parametrize("before", ["x", "1-x", "99999999999999999999", "-", "1" * 100])
def test_a_page_that_cannot_be_is_not_there(
    agent: Client, anna: UUID, tab: str, before: str
) -> None:
    assert agent.get(path_of(anna, f"{tab}?before={before}")).status_code in (200, 404)


def test_long_lists_go_on_by_key_and_back(
    agent: Client, anna: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clientela.console.customers.tabs.PAGE", 1)
    monkeypatch.setattr("clientela.console.customers.timeline.PAGE", 1)
    for tab in ("/purchases", "/points", "/timeline"):
        first = agent.get(path_of(anna, tab))
        second = agent.get(first.context["older"])
        assert second.context["newer"] == path_of(anna, tab)
        third = agent.get(second.context["older"])
        if "newer" in third.context:
            assert third.context["newer"] == first.context["older"]


def test_a_person_sees_only_their_own_density_and_theme(sign_in: SignIn, anna: UUID) -> None:
    client, other = sign_in(role="agent"), sign_in(role="manager")
    client.post("/settings/preferences", {"theme": "dark", "density": "compact", "language": "en"})
    page = text_of(client.get(path_of(anna)))
    assert 'data-bs-theme="dark"' in page
    assert 'data-density="compact"' in page
    assert 'data-bs-theme="light"' in text_of(other.get(path_of(anna)))
