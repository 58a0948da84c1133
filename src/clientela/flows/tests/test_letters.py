"""An answer leaves as a letter, against a real SMTP server that takes, delays and refuses."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from clientela.events.models import Event
from clientela.flows.answer_issue import Answered, answer_issue
from clientela.flows.open_issue import open_issue
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.send_letter import send_letter, send_waiting
from clientela.issues import queries as issue_reads
from clientela.issues.actions.opening import NewIssue
from clientela.issues.actions.talk import Said
from clientela.issues.models import Issue
from clientela.mail import rules, transport
from clientela.mail.models import OutgoingMail
from clientela.platform.http.actors import SYSTEM

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
State = OutgoingMail.State


class Postbox:
    """Takes mail as its `answers` say, one by one, then with 250."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setattr(settings, "SMTP", f"smtp://127.0.0.1:{port}")
    yield box
    server.stop()


@pytest.fixture
def answered(db: None) -> Answered:
    details = Details(name="Anna Kalniņa", emails=["anna@example.com"], language="lv")
    customer, _ = register_customer(details, actor=SYSTEM, now=NOW)
    issue = open_issue(
        NewIssue(customer_id=customer, text="Nav interneta", channel=Issue.Channel.EMAIL),
        actor=SYSTEM, now=NOW,
    )  # fmt: skip
    return answer_issue(
        issue.number, Said("Labdien!\n\nLabojam <līniju>.", Issue.Channel.EMAIL),
        then_state="customer", actor=SYSTEM, now=NOW,
    )  # fmt: skip


def id_of(answered: Answered) -> UUID:
    assert answered.letter is not None
    return answered.letter.id


def test_an_answer_arrives_in_the_customers_language_with_its_number(
    answered: Answered, postbox: Postbox
) -> None:
    sent = send_letter(id_of(answered), now=NOW)
    assert sent is not None
    assert (sent.state, sent.tries) == (State.SENT, 1)
    (letter,) = postbox.taken
    assert letter["To"] == "anna@example.com"
    assert letter["Message-ID"] == sent.message_id
    assert letter["Subject"] == f"Nav interneta [#{answered.issue.number}]"
    assert letter["Content-Language"] == "lv"
    text, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert "Labojam <līniju>." in text.get_content()
    assert "Labojam &lt;līniju&gt;." in html.get_content()
    assert Event.objects.filter(name="mail.sent").count() == 1
    assert send_letter(id_of(answered), now=NOW + timedelta(hours=1)) is None


def test_a_letter_that_is_put_off_is_tried_again_later(
    answered: Answered, postbox: Postbox
) -> None:
    postbox.answers = ["451 greylisted", "421 busy"]
    waiting = send_letter(id_of(answered), now=NOW)
    assert waiting is not None
    assert (waiting.state, waiting.answer) == (State.QUEUED, "451 greylisted")
    assert send_waiting(now=NOW + timedelta(seconds=30)) == 0
    assert send_waiting(now=NOW + timedelta(minutes=2)) == 1
    assert send_waiting(now=NOW + timedelta(minutes=10)) == 1
    letter = OutgoingMail.objects.get()
    assert (letter.state, letter.tries, len(postbox.taken)) == (State.SENT, 3, 1)


def test_a_refused_letter_fails_at_once_and_the_owner_is_told(
    answered: Answered, postbox: Postbox
) -> None:
    postbox.answers = ["550 no such mailbox"]
    failed = send_letter(id_of(answered), now=NOW)
    assert failed is not None
    assert (failed.state, failed.tries) == (State.FAILED, 1)
    issue = issue_reads.get(answered.issue.number)
    assert issue.state_id == "open"  # it waited for the customer, who never heard
    assert "550 no such mailbox" in issue_reads.messages_of(issue)[-1].body
    assert Event.objects.filter(name="mail.failed").count() == 1


def test_without_anybody_listening_it_waits_and_is_given_up_after_two_days(
    answered: Answered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SMTP", "smtp://127.0.0.1:9")
    first = send_letter(id_of(answered), now=NOW)
    assert first is not None
    assert first.state == State.QUEUED
    last = send_letter(id_of(answered), now=NOW + timedelta(days=2))
    assert last is not None
    assert last.state == State.UNDELIVERABLE


def test_a_worker_that_dies_before_the_note_sends_the_same_letter_again(
    answered: Answered, postbox: Postbox
) -> None:
    class Killed(Exception):
        pass

    def dies(letter: OutgoingMail) -> transport.Answer:
        transport.deliver(letter)
        raise Killed

    with pytest.raises(Killed):
        send_letter(id_of(answered), now=NOW, deliver=dies)
    send_waiting(now=NOW + timedelta(minutes=5))
    first, second = postbox.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert OutgoingMail.objects.get().state == State.SENT


def test_without_a_mail_server_it_is_kept_in_a_file_and_says_so(
    answered: Answered, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(settings, "SMTP", "")
    monkeypatch.setattr(settings, "EMAIL_FILE_PATH", tmp_path / "outbox")
    filed = send_letter(id_of(answered), now=NOW)
    assert filed is not None
    assert filed.state == State.FILED
    assert len(list((tmp_path / "outbox").iterdir())) == 1


def test_waits_grow_up_to_eight_hours() -> None:
    waits = [rules.next_try(tries=tries, now=NOW) - NOW for tries in range(1, 12)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=1), timedelta(hours=8))
