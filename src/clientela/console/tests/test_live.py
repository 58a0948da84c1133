"""Whose stream it is, which pages may read it, and what goes to whom."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from clientela.console.live.admission import Admitted, admit, allowed_origin
from clientela.console.live.stream import WAITING_MAX, Console
from clientela.console.tests.conftest import SignIn
from clientela.platform.http.actors import Actor
from clientela.staff.models import Person


def cookie_of(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def test_the_session_of_the_console_admits_its_person(
    agent: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.get("/")
    person = Person.objects.get()
    admitted = admit(cookie_of(agent))
    assert admitted is not None
    assert admitted.person_id == person.id
    assert admitted.actor.may("calls.serve")
    assert admit("") is None
    assert admit("clientela-session=nonsense") is None
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    assert admit(cookie_of(agent)) is None


def test_somebody_disabled_is_admitted_no_more(agent: Client) -> None:
    agent.get("/")
    Person.objects.update(is_active=False)
    assert admit(cookie_of(agent)) is None


@pytest.mark.parametrize(("origin", "host", "may"), [
    ("http://127.0.0.1:8000", "127.0.0.1:8001", True),
    ("http://localhost:8000", "localhost:8001", True),
    ("http://127.0.0.1:9000", "127.0.0.1:8001", False),
    ("http://evil.example:8000", "127.0.0.1:8001", False),
    ("http://evil.example:8000", "evil.example:8001", False),
    ("null", "127.0.0.1:8001", False),
])  # fmt: skip
def test_only_pages_of_the_console_read_the_stream(origin: str, host: str, *, may: bool) -> None:
    assert allowed_origin(origin, host) is may


def console_of(person_id: UUID, *rights: str) -> Console:
    actor = Actor(id=f"per_{person_id.hex}", name="Līga", rights=frozenset(rights))
    return Console(Admitted(person_id, actor))


def test_a_call_goes_to_those_it_is_for_and_a_queue_to_all_who_serve() -> None:
    one, other = uuid4(), uuid4()
    mine, hers = console_of(one, "calls.serve"), console_of(other)
    for told in (
        {"kind": "call", "id": "cal_1", "to": [one.hex], "right": ""},
        {"kind": "queue", "id": "cal_1", "to": [], "right": "calls.serve"},
        {"kind": "again"},
    ):
        mine.offer(told)
        hers.offer(told)
    assert mine.waiting.get_nowait() == b'event: call\ndata: {"id": "cal_1"}\n\n'
    assert mine.waiting.qsize() == 2
    assert hers.waiting.qsize() == 1


def test_a_console_that_reads_too_slowly_is_marked_to_be_cut_off() -> None:
    slow = console_of(uuid4(), "calls.serve")
    for _ in range(WAITING_MAX + 1):
        slow.offer({"kind": "queue", "id": "cal_1", "right": "calls.serve"})
    assert slow.is_slow


def test_the_content_policy_names_the_stream_beside_the_page(
    sign_in: SignIn, settings: Settings
) -> None:
    client = sign_in(role="agent")
    assert "connect-src 'self';" in client.get("/").headers["Content-Security-Policy"]
    settings.LIVE_PORT = 8001
    page = client.get("/")
    policy = page.headers["Content-Security-Policy"]
    assert "connect-src 'self' http://testserver:8001;" in policy
    assert 'data-live="http://testserver:8001/live"' in page.content.decode()
    settings.ORIGIN = "https://clientela.example"
    page = client.get("/")
    assert "connect-src 'self';" in page.headers["Content-Security-Policy"]
    assert 'data-live="/live"' in page.content.decode()
