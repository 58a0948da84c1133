"""Issues over the API: from the first words to the review of all of them."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clientela.api.tests.conftest import Caller, MakeCaller
from clientela.flows import promise as promising
from clientela.flows.answer_issue import answer_issue, hear_customer
from clientela.flows.handle_issue import reopen_issue, resolve_issue
from clientela.flows.open_issue import open_issue
from clientela.flows.verify import verify
from clientela.issues import queries as issue_reads
from clientela.issues.actions import desk
from clientela.issues.actions.ending import Ending
from clientela.issues.actions.opening import NewIssue
from clientela.issues.actions.talk import Said
from clientela.issues.faults import IssueEnded, IssueRuns
from clientela.issues.models import Issue, Promise, Queue
from clientela.platform import ids, transactions
from clientela.platform.http.actors import SYSTEM
from clientela.platform.open_time import Pause
from clientela.platform.promises import promise
from clientela.staff import calendars

BEFORE_ALL = {
    "customer": {"source": "crm", "id": "4711"},
    "text": "No internet since morning.\n\nRed lamp.",
}
WEEK: dict[int, list[tuple[str, str]]] = {day: [("00:00", "24:00")] for day in range(7)}


@pytest.fixture
def targets(db: None) -> Queue:
    """The shipped queue with response targets, on a desk that never closes."""
    with transactions.open():
        calendar = calendars.make(
            key="always", name="Always", week=WEEK, actor=SYSTEM, now=datetime.now(UTC)
        )
        return desk.set_queue(
            "support", calendar=calendar, first_response_minutes=60, next_response_minutes=30,
            resolution_minutes=480,
        )  # fmt: skip


def opened(api: Caller, **more: Any) -> dict[str, Any]:
    answer = api.post("/issues", {**BEFORE_ALL, **more})
    assert answer.status_code == 200, answer.content
    issue: dict[str, Any] = answer.json()["issue"]
    return issue


def in_hours(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def clean() -> bool:
    return all(check.wrong == 0 for check in verify())


def test_an_issue_is_opened_with_a_number_and_found_by_it(
    api: Caller, anna: dict[str, Any]
) -> None:
    issue = opened(api, holding="none")
    assert ids.has_check_digit(issue["number"])
    assert issue["subject"] == "No internet since morning."
    assert (issue["state"], issue["about"], issue["queue"]) == ("open", "nothing", "support")
    whole = api.get(f"/issues/{issue['number']}").json()
    assert whole["messages"][0]["text"] == BEFORE_ALL["text"]
    assert whole["customer_name"] == "Anna Kalniņa"
    assert whole["promises"] == []  # a new installation promises nothing by itself
    wrong = api.get(f"/issues/{issue['number'] + 1}")
    assert (wrong.status_code, wrong.json()["code"]) == (404, "no-such-issue")
    assert clean()


def test_an_issue_is_about_a_holding_of_its_own_customer(api: Caller, anna: dict[str, Any]) -> None:
    other = api.post("/customers", {"name": "Jānis Bērziņš"}).json()["customer"]["id"]
    api.post("/products", {"code": "WM-9", "name": "Washer WM-9", "kind": "washer"})
    holding = api.post("/holdings", {"customer": other, "product": "WM-9"}).json()["id"]
    refused = api.post("/issues", {**BEFORE_ALL, "holding": holding})
    assert (refused.status_code, refused.json()["code"]) == (422, "holding-of-another-customer")
    issue = opened(api, customer=other, holding=holding)
    assert (issue["holding"], issue["product"]) == (holding, "Washer WM-9")


def test_targets_are_promised_kept_and_explained(
    api: Caller, anna: dict[str, Any], targets: Queue
) -> None:
    issue = opened(api)
    number = issue["number"]
    whole = api.get(f"/issues/{number}").json()
    assert [one["kind"] for one in whole["promises"]] == ["first_response", "resolution"]
    why = api.get(f"/issues/{number}/why").json()["items"][0]
    assert (why["calendar"], why["open_seconds"]) == ("always", 3600)
    assert sum(one["seconds"] for one in why["stretches"]) == 3600
    api.post(f"/issues/{number}/messages", {"text": "Looking.", "audience": "internal"})
    assert standing(api, number)["first_response"] == "soon"
    api.post(f"/issues/{number}/messages", {"text": "We are on it."})
    assert standing(api, number) == {"first_response": "kept", "resolution": "due"}
    api.post(f"/issues/{number}/messages", {"text": "And when?", "direction": "in"})
    api.post(f"/issues/{number}/messages", {"text": "Hello?", "direction": "in"})
    assert standing(api, number)["next_response"] == "soon"
    api.post(f"/issues/{number}/messages", {"text": "Today.", "then_state": "customer"})
    assert standing(api, number)["resolution"] == "paused"
    api.post(f"/issues/{number}/messages", {"text": "Thanks", "direction": "in"})
    assert standing(api, number)["resolution"] == "due"
    assert clean()


def standing(api: Caller, number: int) -> dict[str, str]:
    promises = api.get(f"/issues/{number}").json()["promises"]
    return {one["kind"]: one["standing"] for one in promises}


def test_an_answer_to_an_issue_that_moved_on_comes_back_whole(
    api: Caller, anna: dict[str, Any]
) -> None:
    issue = opened(api)
    number, version = issue["number"], issue["version"]
    api.post(f"/issues/{number}/messages", {"text": "It works again!", "direction": "in"})
    refused = api.post(f"/issues/{number}/messages", {"text": "We come at 17.", "version": version})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "issue-moved-on")
    assert (problem["text"], problem["version"]) == ("We come at 17.", version + 1)
    stale = api.post(f"/issues/{number}/assignment", {"owner": None, "version": version})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed-meanwhile")
    assert (
        api.post(
            f"/issues/{number}/messages", {"text": "We come at 17.", "version": version + 1}
        ).status_code
        == 200
    )


def test_a_promise_is_kept_moved_released_or_broken(
    api: Caller, anna: dict[str, Any], caller_with: MakeCaller
) -> None:
    number = opened(api)["number"]
    past = api.post(f"/issues/{number}/promises", {"words": "Call", "due_at": in_hours(-1)})
    assert (past.status_code, past.json()["code"]) == (422, "promise-in-the-past")
    made = api.post(f"/issues/{number}/promises", {"words": "Call", "due_at": in_hours(4)}).json()
    assert made["owed_by"]["id"].startswith("que_")
    bare = api.post(f"/promises/{made['id']}/move", {"due_at": in_hours(5)})
    assert (bare.status_code, bare.json()["code"]) == (422, "reason-missing")
    moved = api.post(
        f"/promises/{made['id']}/move", {"due_at": in_hours(5), "reason": "Technician is ill"}
    ).json()
    assert moved["moved_from"] == made["id"]
    attendant = caller_with("issues.view", "issues.answer")
    refused = attendant.post(f"/promises/{moved['id']}/release", {"reason": "Not needed"})
    assert refused.status_code == 403
    assert api.post(f"/promises/{moved['id']}/keeping", {}).json()["standing"] == "kept"
    again = api.post(f"/promises/{moved['id']}/keeping", {})
    assert (again.status_code, again.json()["code"]) == (409, "promise-ended")
    other = api.post(f"/issues/{number}/promises", {"words": "Mail", "due_at": in_hours(1)}).json()
    Promise.objects.filter(id=ids.parse("prm", other["id"])).update(
        starts_at=datetime.now(UTC) - timedelta(hours=2),
        due_at=datetime.now(UTC) - timedelta(minutes=12),
    )
    assert promising.tell_broken(now=datetime.now(UTC)) == 1
    assert promising.tell_broken(now=datetime.now(UTC)) == 0
    assert api.get("/promises?due=late").json()["items"][0]["issue"] == number
    assert api.post(f"/promises/{other['id']}/keeping", {}).json()["standing"] == "kept_late"
    told = [row["name"] for row in api.get(f"/customers/{anna['id']}/profile").json()["timeline"]]
    assert {"promise.kept", "promise.broken", "promise.moved"} <= set(told)
    assert clean()


def test_an_issue_ends_with_a_resolution_only_and_begins_again_with_a_reason(
    api: Caller, anna: dict[str, Any], targets: Queue
) -> None:
    number = opened(api)["number"]
    bare = api.post(f"/issues/{number}/state", {"state": "closed"})
    assert (bare.status_code, bare.json()["code"]) == (422, "resolution-missing")
    assert api.post(f"/issues/{number}/resolution", {}).json()["code"] == "resolution-missing"
    body = {"outcome": "solved", "cause": "network", "words": "Cable joined."}
    done = api.post(f"/issues/{number}/resolution", body).json()
    assert (done["issue"]["state"], done["resolution"]["cause"]) == ("resolved", "network")
    assert standing(api, number)["resolution"] == "kept"
    assert api.post(f"/issues/{number}/resolution", body).json()["code"] == "issue-ended"
    assert api.post(f"/issues/{number}/reopening", {}).json()["code"] == "reason-missing"
    api.post(f"/issues/{number}/reopening", {"reason": "It is down again"})
    whole = api.get(f"/issues/{number}").json()
    assert (whole["state"], whole["resolutions"][0]["undone_reason"]) == (
        "open", "It is down again"
    )  # fmt: skip
    assert standing(api, number)["resolution"] == "due"
    api.post(f"/issues/{number}/resolution", body)
    api.post(f"/issues/{number}/messages", {"text": "Not at all!", "direction": "in"})
    assert api.get(f"/issues/{number}").json()["state"] == "open"
    assert clean()


def test_lists_are_by_due_time_and_searches_find_by_number_and_words(
    api: Caller, anna: dict[str, Any]
) -> None:
    later, never, sooner = (
        opened(api, text="Modēms mirgo", promise={"words": "Call", "due_at": in_hours(3)}),
        opened(api, text="Rēķins nav skaidrs"),
        opened(api, text="Fridge is warm", complaint=True,
               promise={"words": "Visit", "due_at": in_hours(1)}),
    )  # fmt: skip
    numbers = [one["number"] for one in (sooner, later, never)]
    first = api.get("/issues?limit=2").json()
    rest = api.get(f"/issues?limit=2&after={first['next'].replace('+', '%2B')}").json()
    assert [one["number"] for one in first["items"] + rest["items"]] == numbers
    assert [one["number"] for one in api.get("/issues?search=rekins").json()["items"]] == [
        numbers[2]
    ]
    found = api.get(f"/issues?search={numbers[1]}").json()["items"]
    assert [one["number"] for one in found] == [numbers[1]]
    assert len(api.get("/issues?complaint=true").json()["items"]) == 1
    panel = api.get(f"/customers/{anna['id']}/profile").json()["issues"]
    assert [one["number"] for one in panel] == numbers
    assert panel[0]["complaint"] is True
    assert panel[0]["promise"]["words"] == "Visit"


@pytest.mark.usefixtures("targets")
def test_the_review_tells_of_every_issue_and_who_signed(api: Caller, anna: dict[str, Any]) -> None:
    number = opened(api, complaint=True)["number"]
    body = {"outcome": "solved", "cause": "network", "words": "Cable joined."}
    api.post(f"/issues/{number}/resolution", body)
    api.post(
        f"/customers/{anna['id']}/reviews", {"finding": "Twice in a month.", "next_step": "Call"}
    )
    review = api.get(f"/customers/{anna['id']}/review").json()
    assert review["totals"] == {
        "issues": 1, "open": 0, "complaints": 1, "resolved": 1, "reopened": 0, "promises_due": 2,
        "kept": 2, "kept_late": 0, "late": 0, "running": 0, "released": 0,
    }  # fmt: skip
    told = review["issues"][0]
    assert (told["claim"], told["resolution"]["outcome"]) == (BEFORE_ALL["text"], "solved")
    assert told["resolution"]["resolved_by"]["name"] == "a till"
    assert review["reviews"][0]["finding"] == "Twice in a month."


@promise("ISS-26")
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["w", "h", "r", "e"]), st.integers(1, 400)), max_size=8))
def test_history_replays_to_the_same_due_times(
    anna: dict[str, Any], targets: Queue, steps: list[tuple[str, int]]
) -> None:
    """Waiting, being heard, resolving and reopening in any order: what is stored is what the
    spans say.
    """
    moment = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    customer = ids.parse("cus", anna["id"])
    issue = open_issue(
        NewIssue(customer_id=customer, text="No internet", channel=Issue.Channel.FORM),
        actor=SYSTEM, now=moment,
    )  # fmt: skip
    for step, minutes in steps:
        moment += timedelta(minutes=minutes)
        with suppress(IssueEnded, IssueRuns):
            take(step, issue.number, moment)
    last = next(
        one for one in issue_reads.promises_of(issue) if one.kind == Promise.Kind.RESOLUTION
    )
    spans = issue_reads.spans_of(issue)
    assert spans[0].starts_at == issue.opened_at
    assert all(one.ends_at == two.starts_at for one, two in pairwise(spans))
    if last.paused_at is None:
        until = last.kept_at
        pauses = [
            Pause(span.starts_at, span.ends_at)
            for span in spans
            if (span.reason == "customer" or span.category in ("resolved", "closed"))
            and (until is None or span.starts_at < until)
        ]
        hours = calendars.open_time_of(issue.queue.calendar)
        assert last.due_at == hours.due(last.starts_at, 480 * 60, pauses)
    assert clean()


def take(step: str, number: int, now: datetime) -> None:
    said = Said("…", Issue.Channel.PHONE)
    if step == "w":
        answer_issue(number, said, then_state="customer", actor=SYSTEM, now=now)
    elif step == "h":
        hear_customer(number, said, actor=SYSTEM, now=now)
    elif step == "r":
        resolve_issue(number, Ending("solved", "network", "Done"), actor=SYSTEM, now=now)
    else:
        reopen_issue(number, reason="Again", actor=SYSTEM, now=now)


@promise("ISS-05")
def test_a_signed_review_stands_on_the_record_at_the_next_contact(
    api: Caller, anna: dict[str, Any]
) -> None:
    assert api.get(f"/customers/{anna['id']}/profile").json()["review"] == {}
    bare = api.post(f"/customers/{anna['id']}/reviews", {"finding": ""})
    assert bare.status_code == 422
    api.post(f"/customers/{anna['id']}/reviews", {"finding": "Third time", "next_step": "Replace"})
    last = api.get("/callers/+37126123456").json()["profile"]["review"]
    assert (last["finding"], last["next_step"]) == ("Third time", "Replace")
    assert last["reviewed_at"]
