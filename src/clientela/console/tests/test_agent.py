"""The agent page and the call bar: who rings, who it is, the whole customer, the note, the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from clientela.calls.actions import lines
from clientela.calls.models import Call, Conversation
from clientela.calls.rules import Direction, News
from clientela.console.tests.conftest import Register, SignIn, text_of
from clientela.events.models import Event
from clientela.flows import converse
from clientela.flows.demo import calls as demo
from clientela.flows.demo import mark
from clientela.flows.receive_call import Told, receive_call
from clientela.platform import transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.promises import promise
from clientela.staff.models import Person

QUERIES_MAX = 12
Report = Callable[..., Call]
MaxQueries = Callable[[int], Any]


@pytest.fixture
def line(company: None) -> lines.Opened:
    with transactions.open():
        return lines.open_line(name="Cēsis", region="LV", actor=SYSTEM, now=datetime.now(UTC))


@pytest.fixture
def report(line: lines.Opened, agent: Client) -> Report:
    """What the telephone system says of a call; the agent at the console is called 201."""
    person = Person.objects.get(email__startswith="agent")
    with transactions.open():
        lines.name_extensions({"201": person.id})

    def tell(news: str, number: str = "2612 3456", *, reference: str = "c-1", **more: Any) -> Call:
        told = Told(
            reference, News(news), Direction.IN, number, "64100000", rung=("201",),
            answered_by="201" if news == "answer" else "", **more,
        )  # fmt: skip
        return receive_call(line.line, told, now=datetime.now(UTC))

    return tell


def talk_of(call: Call) -> Conversation:
    assert call.conversation_id is not None
    return Conversation.objects.get(id=call.conversation_id)


def test_a_ringing_call_stands_in_the_bar_of_every_page(
    report: Report, agent: Client, anna: UUID
) -> None:
    assert 'data-ui="call-bar"' not in text_of(agent.get("/"))
    report("newCall")
    for path in ("/", "/customers", "/agent", "/agent/calls"):
        page = text_of(agent.get(path))
        assert 'data-state="ringing"' in page, path
        assert "Anna Kalniņa" in page, path
        assert f"/customers/cus_{anna.hex}" in page, path


def test_nobody_else_sees_what_rings_for_one(report: Report, sign_in: SignIn, anna: UUID) -> None:
    report("newCall")
    assert 'data-ui="call-bar"' not in text_of(sign_in(role="manager").get("/"))
    assert 'data-ui="calls"' not in text_of(sign_in(role="marketer").get("/"))


@promise("RET-01")
def test_an_answered_call_opens_the_whole_customer(
    report: Report, agent: Client, anna: UUID, django_assert_max_num_queries: MaxQueries
) -> None:
    report("newCall")
    call = report("answer")
    address = f"/agent/{talk_of(call).public_id}"
    bar = text_of(agent.get("/agent/calls"))
    assert 'data-state="talking"' in bar
    assert f'data-opens-page="{address}"' in bar
    agent.get(address)
    with django_assert_max_num_queries(QUERIES_MAX):
        page = text_of(agent.get(address))
    for name in ("who", "holdings", "points", "timeline", "note"):
        assert f'data-ui="{name}"' in page, name
    assert "Anna Kalniņa" in page


@promise("RET-01")
def test_a_number_of_several_lets_choose_one_of_them(
    report: Report, agent: Client, register: Register
) -> None:
    family = [register(name, phones=["6722 0011"]) for name in ("Jānis Ozols", "Ilze Ozola")]
    report("newCall", "67220011")
    call = report("answer", "67220011")
    address = f"/agent/{talk_of(call).public_id}"
    page = text_of(agent.get(address))
    assert 'data-ui="match-many"' in page
    assert 'data-ui="candidate-2"' in page
    chosen = f"cus_{family[1].hex}"
    assert agent.post(f"{address}/customer", {"customer": chosen})["Location"] == address
    assert "Ilze Ozola" in text_of(agent.get(address))
    told = Event.objects.filter(customer_id=family[1], name="call.named")
    assert told.count() == 1


@promise("RET-01")
def test_an_unknown_number_is_filled_into_the_search_and_the_new_customer(
    report: Report, agent: Client
) -> None:
    report("newCall", "29999999")
    call = report("answer", "29999999")
    page = text_of(agent.get(f"/agent/{talk_of(call).public_id}"))
    assert 'data-ui="match-none"' in page
    assert 'name="q" value="+37129999999"' in page
    assert "/customers/new?phone=%2B37129999999" in page


def test_another_customer_is_another_conversation_and_the_first_one_ends(
    report: Report, agent: Client, anna: UUID, register: Register
) -> None:
    call = report("answer")
    first = talk_of(call)
    janis = register("Jānis Ozols")
    agent.post(f"/agent/{first.public_id}/customer", {"customer": f"cus_{janis.hex}"})
    first.refresh_from_db()
    assert (first.customer_id, first.outcome) == (anna, "other_customer")
    second = Conversation.objects.get(ended_at=None)
    assert (second.customer_id, second.call_id) == (janis, call.id)


def test_a_note_is_kept_while_it_is_typed_and_said_to_be(
    report: Report, agent: Client, anna: UUID
) -> None:
    talk = talk_of(report("answer"))
    saved = agent.post(
        f"/agent/{talk.public_id}/note", {"note": "Wants a visit"}, headers={"HX-Request": "true"}
    )
    assert "saved" in text_of(saved)
    assert "Wants a visit" in text_of(agent.get(f"/agent/{talk.public_id}"))


def test_a_conversation_ends_once_with_its_outcome(
    report: Report, agent: Client, anna: UUID
) -> None:
    report("answer")
    call = report("hangup")
    assert 'data-state="after-call"' in text_of(agent.get("/agent/calls"))
    talk = talk_of(call)
    assert agent.post(f"/agent/{talk.public_id}/end", {"outcome": "lost"}).status_code == 422
    for outcome in ("to_do", "done"):
        assert agent.post(f"/agent/{talk.public_id}/end", {"outcome": outcome}).status_code == 303
    talk.refresh_from_db()
    assert talk.outcome == "to_do"
    assert Event.objects.filter(name="conversation.ended", customer_id=anna).count() == 1
    assert 'data-ui="call-bar"' not in text_of(agent.get("/agent/calls"))


def test_a_conversation_is_seen_by_nobody_but_who_has_it(
    report: Report, anna: UUID, sign_in: SignIn
) -> None:
    talk = talk_of(report("answer"))
    manager = sign_in(role="manager")
    assert manager.get(f"/agent/{talk.public_id}").status_code == 404
    assert manager.post(f"/agent/{talk.public_id}/note", {"note": "x"}).status_code == 404
    assert sign_in(role="marketer").get("/agent").status_code == 403


def test_a_missed_call_waits_on_the_list_until_it_is_put_aside(
    report: Report, agent: Client, anna: UUID
) -> None:
    report("newCall")
    call = report("hangup")
    assert 'data-state="missed"' in text_of(agent.get("/agent/calls"))
    page = text_of(agent.get("/agent"))
    assert 'data-ui="missed-call"' in page
    assert 'href="tel:+37126123456"' in page
    agent.post(f"/agent/calls/{call.public_id}/settlement")
    assert 'data-ui="missed-call"' not in text_of(agent.get("/agent"))


def test_a_conversation_begins_without_a_call(agent: Client, anna: UUID) -> None:
    page = text_of(agent.get("/agent?q=kalniņa"))
    assert 'data-ui="candidate-1"' in page
    begun = agent.post("/agent/conversations", {"customer": f"cus_{anna.hex}"})["Location"]
    again = agent.post("/agent/conversations", {"customer": f"cus_{anna.hex}"})["Location"]
    assert begun == again
    assert Conversation.objects.get().channel == "shop"
    assert "Anna Kalniņa" in text_of(agent.get(begun))


def test_the_poll_says_when_calls_changed(report: Report, agent: Client, anna: UUID) -> None:
    assert agent.get("/live/poll").json() == {}
    call = report("newCall")
    changed = int(call.changed_at.timestamp() * 1000)
    assert agent.get("/live/poll").json() == {"call": changed, "queue": changed}


def test_what_nobody_ended_is_ended_as_lost(report: Report, agent: Client, anna: UUID) -> None:
    report("answer")
    assert converse.sweep(now=datetime.now(UTC)) == 0
    assert converse.sweep(now=datetime.now(UTC) + timedelta(hours=5)) == 1
    assert Conversation.objects.get().outcome == "lost"


@pytest.mark.parametrize("language", ["en", "es", "lv"])
def test_the_pages_speak_the_language(
    report: Report, sign_in: SignIn, anna: UUID, language: str
) -> None:
    words = {"en": "Missed calls", "es": "Llamadas perdidas", "lv": "Neatbildētie zvani"}
    page = text_of(sign_in(role="manager", language=language).get("/agent"))
    assert words[language] in page


def test_the_telephone_of_the_demo_rings_answers_and_hangs_up(agent: Client, anna: UUID) -> None:
    assert agent.get("/demo/telephone").status_code == 404
    now = datetime.now(UTC)
    with transactions.open():
        mark.write(mark.Mark(10, 1, now.date().isoformat(), is_finished=True), now=now)
        lines.open_line(
            name=demo.LINE, number=demo.NUMBER, region="LV", actor=SYSTEM, now=now, is_demo=True
        )
    assert "Who calls?" in text_of(agent.get("/demo/telephone"))
    agent.post("/demo/telephone/calls", {"number": "2612 3456"})
    call = Call.objects.get()
    assert 'data-state="ringing"' in text_of(agent.get("/agent/calls"))
    for step, state in (("answer", "answered"), ("end", "ended")):
        agent.post(f"/demo/telephone/calls/{call.public_id}/{step}")
        call.refresh_from_db()
        assert call.state == state
    assert call.conversation_id is not None
