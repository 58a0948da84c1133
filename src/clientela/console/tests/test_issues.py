"""The desk of issues: queue, issue, the steps on it, the customer's review."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.flows.answer_issue import hear_customer
from clientela.flows.open_issue import open_issue
from clientela.issues import queries as issue_reads
from clientela.issues.actions.opening import NewIssue
from clientela.issues.actions.promises import NewPromise
from clientela.issues.actions.talk import Said
from clientela.issues.models import Issue, Promise
from clientela.platform.http.actors import SYSTEM

QUERIES_MAX = 12


@pytest.fixture
def issue(anna: UUID) -> Issue:
    now = datetime.now(UTC)
    return open_issue(
        NewIssue(customer_id=anna, text="No internet since morning", channel=Issue.Channel.FORM),
        promise=NewPromise(Promise.Kind.MANUAL, "Technician comes", now + timedelta(hours=3)),
        actor=SYSTEM, now=now,
    )  # fmt: skip


def counted(client: Client, address: str) -> tuple[Any, int]:
    client.get(address)  # the company and the session are read
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    return response, len(queries)


@pytest.mark.parametrize(
    "address", ["/issues", "/issues?view=all", "/issues?search=internet", "/promises?view=all"]
)
def test_the_desk_shows_what_waits(agent: Client, issue: Issue, address: str) -> None:
    response, queries = counted(agent, address)
    assert response.status_code == 200
    shown = "No internet since morning" in text_of(response)
    assert shown is (address != "/issues")
    assert queries <= QUERIES_MAX


def test_an_issue_is_read_answered_and_waits(agent: Client, issue: Issue) -> None:
    address = f"/issues/{issue.number}"
    response, queries = counted(agent, address)
    text = text_of(response)
    assert queries <= QUERIES_MAX
    assert "Technician comes" in text
    assert "e-mail to anna@example.com" in text
    sent = agent.post(address, {"kind": "answer", "then": "wait", "channel": "email",
                                "text": "We are on it", "version": issue.version})  # fmt: skip
    assert (sent.status_code, sent["Location"]) == (303, address)
    after = issue_reads.get(issue.number)
    assert after.state_id == "customer"
    assert "waits to be sent" in text_of(agent.get(address))


def test_an_answer_to_what_moved_on_is_kept_with_what_is_new_above(
    agent: Client, issue: Issue
) -> None:
    hear_customer(issue.number, Said("It works again!", Issue.Channel.EMAIL), actor=SYSTEM,
                  now=datetime.now(UTC))  # fmt: skip
    held = agent.post(f"/issues/{issue.number}", {
        "kind": "answer", "channel": "email", "text": "We come at 17", "version": issue.version,
    })  # fmt: skip
    text = text_of(held)
    assert held.status_code == 409
    assert 'data-ui="newer-message"' in text
    assert "We come at 17" in text
    assert "New from Anna Kalniņa" in text


def test_steps_are_forms_in_the_drawer_and_alone(admin: Client, issue: Issue) -> None:
    for step in ("assignment", "state", "promises", "resolution", "complaint"):
        address = f"/issues/{issue.number}/{step}"
        assert 'data-ui="page"' in text_of(admin.get(address))
        assert 'data-ui="page"' not in text_of(admin.get(address, headers={"HX-Request": "true"}))
    promise = issue_reads.promises_of(issue)[0].public_id
    moved = admin.post(f"/promises/{promise}/move", {"due_at": "2030-01-01T10:00", "reason": ""})
    assert moved.status_code == 422
    moved = admin.post(f"/promises/{promise}/move",
                       {"due_at": "2030-01-01T10:00", "reason": "Rain"})  # fmt: skip
    assert moved.status_code == 303
    done = admin.post(f"/issues/{issue.number}/resolution", {
        "outcome": "solved", "cause": "network", "words": "Cable joined", "tell_customer": "on",
    })  # fmt: skip
    assert done.status_code == 303
    assert "Cable joined" in text_of(admin.get(f"/issues/{issue.number}"))
    assert "Rain" in text_of(admin.get(f"/issues/{issue.number}/history"))
    again = admin.post(f"/issues/{issue.number}/reopening", {"reason": "Down again"})
    assert again.status_code == 303


def test_the_next_one_is_taken(agent: Client, issue: Issue) -> None:
    taken = agent.post("/issues/next")
    assert taken["Location"] == f"/issues/{issue.number}"
    assert issue_reads.get(issue.number).owner_name == "Ilze Agent"


def test_an_issue_is_opened_on_the_customers_record(agent: Client, anna: UUID) -> None:
    address = path_of(anna, "/issues/new")
    assert 'data-ui="page"' not in text_of(agent.get(address, headers={"HX-Request": "true"}))
    body = {
        "text": "Fridge is warm", "holding": "none", "channel": "phone", "queue": "support",
        "priority": "2", "complaint": "on", "mine": "on", "words": "Call back", "within": "60",
    }  # fmt: skip
    opened = agent.post(address, body)
    assert opened.status_code == 303, text_of(opened)
    (issue,) = issue_reads.open_of([anna])
    assert (issue.priority, issue.complaint_at is not None) == (2, True)
    record = text_of(agent.get(path_of(anna)))
    assert "Open issues and promises" in record
    assert 'data-ui="complaint-flag"' in record


def test_the_review_is_read_printed_and_signed(agent: Client, anna: UUID, issue: Issue) -> None:
    address = path_of(anna, "/issues")
    response, queries = counted(agent, address)
    assert queries <= QUERIES_MAX + 3  # the head of the record has its own
    assert "No internet since morning" in text_of(response)
    assert agent.post(address, {"finding": "", "next_step": ""}).status_code == 422
    assert agent.post(address, {"finding": "Second time"}).status_code == 303
    assert "Second time" in text_of(agent.get(f"{address}?print=1"))


def test_who_may_not_see_issues_sees_none(sign_in: SignIn, anna: UUID, issue: Issue) -> None:
    client = sign_in("customers.view")
    for address in ("/issues", f"/issues/{issue.number}", "/promises", path_of(anna, "/issues")):
        assert client.get(address).status_code == 403
    assert "Open issues" not in text_of(client.get(path_of(anna)))


@pytest.mark.parametrize("language", ["es", "lv"])
def test_the_desk_speaks(sign_in: SignIn, issue: Issue, language: str) -> None:
    client = sign_in(role="agent", language=language)
    for address in ("/issues?view=all", f"/issues/{issue.number}", f"/issues/{issue.number}/why"):
        assert client.get(address).status_code == 200
