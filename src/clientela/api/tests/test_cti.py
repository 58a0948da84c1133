"""A telephone system reports its calls, in any order, more than once, as JSON or as a form."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from clientela.calls.actions import lines
from clientela.calls.models import Call, CallEvent, Conversation, CustomerCall
from clientela.events.models import Event
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.verify import verify
from clientela.issues.models import Promise
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.staff import actions as staff
from clientela.staff import company
from clientela.staff.models import Person

NOW = datetime.now(UTC)
Report = Callable[..., Any]


@pytest.fixture
def line(api: Any) -> lines.Opened:
    with transactions.open():
        return lines.open_line(
            name="Cēsis", number="+37164100000", region="LV", actor=SYSTEM, now=NOW
        )


@pytest.fixture
def liga(api: Any) -> Person:
    """Līga serves, and is called 201."""
    with transactions.open():
        person = staff.create_person(
            email="liga@mezrozes.example", name="Līga Ozola", roles=["agent"], now=NOW
        )
        lines.name_extensions({"201": person.id})
    return person


@pytest.fixture
def report(line: lines.Opened, client: Client) -> Report:
    """Report one event of a call as JSON."""

    def send(event: str, token: str = line.token, **more: Any) -> Any:
        body = {
            "event": event, "callId": "c-1", "direction": "in", "from": "+371 2612 3456",
            "to": "64100000", **more,
        }  # fmt: skip
        return client.post(f"/api/v1/cti/{token}", body, content_type="application/json")

    return send


def the_call() -> Call:
    return Call.objects.get()


def names() -> list[str]:
    return list(
        Event.objects.filter(name__regex="^(call|conversation)").order_by("id")
        .values_list("name", flat=True)
    )  # fmt: skip


def test_a_call_is_told_from_ringing_to_hanging_up(
    report: Report, liga: Person, anna: dict[str, Any]
) -> None:
    answer = report("newCall", user=["201"])
    assert (answer.status_code, answer.json()) == (200, {})
    call = the_call()
    assert (call.state, call.number, call.match, call.rung) == (
        "ringing", "+37126123456", "one", [liga.id],
    )  # fmt: skip
    report("answer", answeringNumber="201")
    assert (the_call().state, the_call().person_id) == ("answered", liga.id)
    talk = Conversation.objects.get()
    assert ids.public("cus", talk.customer_id) == anna["id"]  # type: ignore[arg-type]
    report("hangup", cause="normalClearing")
    call = the_call()
    assert (call.state, call.cause, call.conversation_id) == ("ended", "normalClearing", talk.id)
    assert call.ended_at is not None
    assert names() == ["call.started", "call.answered", "conversation.started", "call.ended"]
    assert set(Event.objects.filter(name="call.ended").values_list("customer_id", flat=True)) == {
        talk.customer_id
    }


def test_a_repeated_report_adds_nothing(report: Report, anna: dict[str, Any]) -> None:
    for event in ("newCall", "newCall", "hangup", "hangup", "newCall"):
        assert report(event).status_code == 200
    assert (Call.objects.count(), CallEvent.objects.count()) == (1, 2)
    assert names() == ["call.started", "call.missed"]


@pytest.mark.parametrize("order", list(permutations(["newCall", "answer", "hangup"])))
def test_any_order_makes_one_call_that_is_over(
    report: Report, liga: Person, anna: dict[str, Any], order: tuple[str, ...]
) -> None:
    for event in order:
        assert report(event, user="201").status_code == 200
    call = the_call()
    assert call.is_over
    answered_in_time = order.index("answer") < order.index("hangup")
    assert call.state == ("ended" if answered_in_time else "missed")
    assert CustomerCall.objects.filter(call=call).count() == 1


def test_form_data_is_taken_as_well(
    client: Client, line: lines.Opened, liga: Person, anna: dict[str, Any]
) -> None:
    body = {
        "event": "newCall", "callId": "c-2", "direction": "in", "from": "26123456",
        "to": "64100000", "user[]": ["201", "nobody"], "queue": "service",
    }  # fmt: skip
    assert client.post(f"/api/v1/cti/{line.token}", body).json() == {}
    assert (the_call().match, the_call().rung, the_call().queue) == ("one", [liga.id], "service")


def test_a_number_selects_one_or_lets_choose(
    report: Report, liga: Person, anna: dict[str, Any]
) -> None:
    for name in ("Jānis Ozols", "Ilze Ozola"):
        register_customer(Details(name=name, phones=["6722 0011"]), actor=SYSTEM, now=NOW)
    expected = {
        "26123456": "one", "+371 2612 3456": "one", "67220011": "many", "29999999": "none",
        "anonymous": "hidden", "": "hidden", "201": "internal", "64100000": "internal",
        "+48 26 123 456": "maybe",
    }  # fmt: skip
    for place, (number, match) in enumerate(expected.items()):
        report("newCall", callId=f"m-{place}", **{"from": number})
        assert (number, Call.objects.get(reference=f"m-{place}").match) == (number, match)
    assert CustomerCall.objects.count() == 2


def test_a_number_that_agrees_only_at_its_end_is_a_maybe(report: Report, liga: Person) -> None:
    register_customer(Details(name="Ana Ruiz", phones=["+34 612 345 678"]), actor=SYSTEM, now=NOW)
    report("newCall", **{"from": "+49 1512 2345678"})
    assert the_call().match == "none"
    report("newCall", callId="c-3", **{"from": "+48 512 345 678"})
    assert Call.objects.get(reference="c-3").match == "maybe"
    assert not CustomerCall.objects.exists()


def test_nobody_named_rings_with_everybody_who_serves(report: Report, liga: Person) -> None:
    report("newCall")
    assert the_call().rung == [liga.id]


def test_a_wrong_token_is_refused_and_two_work_while_they_rotate(
    report: Report, line: lines.Opened
) -> None:
    assert report("newCall", token="tel_nothing").status_code == 401
    with transactions.open():
        second = lines.rotate(line_id=line.line.id, actor=SYSTEM, now=datetime.now(UTC))
    assert report("newCall").status_code == 200
    assert report("newCall", token=second.token).status_code == 200
    with transactions.open():
        third = lines.rotate(line_id=line.line.id, actor=SYSTEM, now=datetime.now(UTC))
    assert report("newCall").status_code == 401
    assert report("newCall", token=second.token).status_code == 200
    assert report("newCall", token=third.token).status_code == 200


@pytest.mark.parametrize("wrong", [
    {"direction": "sideways"}, {"event": "ring"}, {"callId": ""}, {"from": {"number": "1"}},
    {"from": "a\0b"},
])  # fmt: skip
def test_what_is_not_understood_is_refused_by_name(report: Report, wrong: dict[str, Any]) -> None:
    answer = report(**{"event": "newCall", **wrong})
    assert answer.status_code in (400, 422)
    assert not Call.objects.exists()
    if answer.status_code == 422:
        assert answer.json()["error"]


def test_a_line_that_is_off_takes_nothing(report: Report, line: lines.Opened) -> None:
    with transactions.open():
        lines.switch(line_id=line.line.id, on=False, now=NOW)
    answer = report("newCall")
    assert (answer.status_code, answer.json()["code"]) == (422, "line-off")
    assert "off" in answer.json()["error"]


def test_nothing_that_is_logged_names_the_number_or_the_token(
    report: Report, line: lines.Opened, liga: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for event in ("newCall", "hangup", "answer", "nonsense"):
        report(event)
    said = " ".join(record.getMessage() for record in caplog.records)
    assert "too late" in said
    for secret in (line.token, "26123456", "2612 3456"):
        assert secret not in said


def test_an_answered_call_settles_what_was_missed_from_that_number(
    report: Report, liga: Person
) -> None:
    report("newCall")
    report("hangup")
    assert the_call().settled_at is None
    report("newCall", callId="back", direction="out", **{"from": "201", "to": "26123456"})
    report(
        "answer", callId="back", direction="out", user="201", **{"from": "201", "to": "26123456"}
    )
    assert Call.objects.get(reference="c-1").settled_at is not None


def test_a_line_without_people_and_a_call_of_nobody_is_kept(report: Report) -> None:
    report("newCall", **{"from": "anonymous"})
    report("hangup", **{"from": "anonymous"})
    call = the_call()
    assert (call.number, call.state, call.rung) == ("", "missed", [])
    assert isinstance(call.id, UUID)


def test_a_missed_call_of_a_customer_is_promised_to_be_called_back_and_that_is_kept(
    report: Report, liga: Person, anna: dict[str, Any]
) -> None:
    for reference in ("c-1", "c-2"):
        report("newCall", callId=reference)
        report("hangup", callId=reference)
    promise = Promise.objects.get(kind="callback")
    assert (ids.public("cus", promise.customer_id), promise.kept_at) == (anna["id"], None)
    assert all(one.wrong == 0 for one in verify())
    report("answer", callId="c-3", user="201")
    promise.refresh_from_db()
    assert promise.kept_at is not None


def test_with_issues_off_a_missed_call_waits_on_the_list_alone(
    report: Report, liga: Person, anna: dict[str, Any]
) -> None:
    with transactions.open():
        company.change({"off": ["issues"]}, actor=SYSTEM, now=datetime.now(UTC))
    company.forget()
    report("newCall")
    report("hangup")
    assert the_call().settled_at is None
    assert not Promise.objects.exists()
    assert all(one.wrong == 0 for one in verify())
