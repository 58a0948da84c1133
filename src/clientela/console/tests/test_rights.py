"""Every address and every role: who may open what, and what those who may not are told."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from clientela.console import urls
from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.platform.promises import promise
from clientela.staff import company as companies

ROLES = ("agent", "marketer", "manager", "developer", "administrator")
NOT_FOUND_YET = "imp_" + 32 * "0"
CONFIGURES = {"developer", "administrator"}
IMPORTS = {"manager", "developer", "administrator"}
EDITS = {"agent", "manager", "developer", "administrator"}
EVERYBODY = set(ROLES)

# Address by the name of its page: (path after the customer's, who may). What a page then answers
# to its first reader is 200, unless it says otherwise.
PAGES: dict[str, tuple[str, set[str], int]] = {
    "home": ("/", EVERYBODY, 200),
    "customers": ("/customers", EVERYBODY, 200),
    "customer-new": ("/customers/new", EDITS, 200),
    "suggestions": ("/customers/suggestions?q=an", EVERYBODY, 200),
    "callers": ("/callers?number=26000001", EVERYBODY, 200),
    "customer": ("{customer}", EVERYBODY, 200),
    "customer-edit": ("{customer}/edit", EDITS, 200),
    "customer-holdings": ("{customer}/holdings", EVERYBODY, 200),
    "customer-purchases": ("{customer}/purchases", EVERYBODY, 200),
    "customer-points": ("{customer}/points", EVERYBODY, 200),
    "customer-why": ("{customer}/points/pos_0/why", EVERYBODY, 404),
    "customer-timeline": ("{customer}/timeline", EVERYBODY, 200),
    "customer-history": ("{customer}/history", EVERYBODY, 200),
    "customer-panel": ("{customer}/panels/who", EVERYBODY, 200),
    "imports": ("/imports", IMPORTS, 200),
    "import-new": ("/imports/new", IMPORTS, 200),
    "import-template": ("/imports/templates/customers", IMPORTS, 200),
    "import": (f"/imports/{NOT_FOUND_YET}", IMPORTS, 404),
    "import-state": (f"/imports/{NOT_FOUND_YET}/state", IMPORTS, 404),
    "import-rejects": (f"/imports/{NOT_FOUND_YET}/rejects", IMPORTS, 404),
    "settings": ("/settings", EVERYBODY, 302),
    "settings-company": ("/settings/company", CONFIGURES, 200),
    "settings-people": ("/settings/people", CONFIGURES, 200),
    "people-invite": ("/settings/people/invitations", CONFIGURES, 302),
    "settings-keys": ("/settings/keys", CONFIGURES, 200),
    "keys-create": ("/settings/keys/new", CONFIGURES, 302),
    "preferences": ("/settings/preferences", EVERYBODY, 200),
    "components": ("/ui", CONFIGURES, 200),
}
POSTS = {
    "import-run": (f"/imports/{NOT_FOUND_YET}/run", IMPORTS, 404),
    "person-role": ("/settings/people/per_" + 32 * "0" + "/role", CONFIGURES, 404),
    "person-state": ("/settings/people/per_" + 32 * "0" + "/state", CONFIGURES, 404),
    "key-revoke": ("/settings/keys/key_" + 32 * "0" + "/revocation", CONFIGURES, 404),
}
WITHOUT_SIGN_IN = {"language", "welcome", "join"}


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from names(one.url_patterns)
        else:
            yield str(one.name)


def test_the_table_holds_every_address_of_the_console() -> None:
    assert {*PAGES, *POSTS, *WITHOUT_SIGN_IN} == set(names(urls.CONSOLE))


@promise("CON-01")
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_pages_and_is_told_the_right_it_lacks(
    sign_in: SignIn, anna: UUID, role: str
) -> None:
    client = sign_in(role=role)
    for name, (path, may, status) in PAGES.items():
        response = client.get(path.format(customer=path_of(anna)))
        assert response.status_code == (status if role in may else 403), (name, role)
        if role not in may:
            assert 'data-ui="no-right"' in text_of(response)
            assert "<b>customers." in text_of(response) or "<b>staff." in text_of(response)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sends_only_the_forms_it_may(sign_in: SignIn, role: str) -> None:
    client = sign_in(role=role)
    for name, (path, may, status) in POSTS.items():
        assert client.get(path).status_code == 405
        response = client.post(path)
        assert response.status_code == (status if role in may else 403), (name, role)


@promise("CON-01")
@pytest.mark.parametrize("role", ROLES)
def test_an_entry_without_its_right_is_not_in_the_page(sign_in: SignIn, role: str) -> None:
    page = text_of(sign_in(role=role).get("/"))
    assert ('data-ui="nav-imports"' in page) is (role in IMPORTS)
    assert ('data-ui="nav-settings"' in page) is (role in CONFIGURES)


def test_nobody_who_is_not_signed_in_sees_a_page(anna: UUID, agent: Client) -> None:
    stranger = Client()
    for name, (path, _may, _status) in {**PAGES, **POSTS}.items():
        address = path.format(customer=path_of(anna))
        response = stranger.post(address) if name in POSTS else stranger.get(address)
        assert response.status_code == 302, name
        assert response.headers["Location"].startswith("/accounts/login/?next="), name


def test_what_a_person_may_not_see_is_nowhere_in_the_record(sign_in: SignIn, anna: UUID) -> None:
    client = sign_in("customers.view")
    for tab in ("", "/timeline", "/history"):
        page = text_of(client.get(path_of(anna, tab)))
        assert "Anna Kalniņa" in page
        assert "62.00" not in page, tab
        assert "62 points" not in page, tab
        for hidden in ("points", "purchases", "holdings"):
            assert f'data-ui="{hidden}"' not in page
    for tab in ("/holdings", "/purchases", "/points"):
        assert client.get(path_of(anna, tab)).status_code == 403


def test_a_programme_that_is_off_has_no_page_and_no_panel(admin: Client, anna: UUID) -> None:
    assert 'data-ui="points"' in text_of(admin.get(path_of(anna)))
    switched = {"name": "Mežrozes", "country": "LV", "currency": "EUR", "language": "en",
                "time_zone": "Europe/Riga"}  # fmt: skip
    assert admin.post("/settings/company", switched).status_code == 303
    companies.forget()
    page = text_of(admin.get(path_of(anna)))
    assert 'data-ui="points"' not in page
    assert "points" not in text_of(admin.get(path_of(anna, "/timeline"))).replace("/points", "")
    assert admin.get(path_of(anna, "/points")).status_code == 404
