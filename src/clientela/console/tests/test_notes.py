"""Notes, tasks, tags and files in the console."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from clientela.console.tests.conftest import SignIn, path_of, text_of
from clientela.notes import queries as notes
from clientela.platform.promises import promise

QUERIES_MAX = 12


@promise("CUS-50")
def test_a_note_finds_the_colleague_it_mentions(agent: Client, admin: Client, anna: UUID) -> None:
    sent = agent.post(path_of(anna, "/notes/new"), {"words": "@ilze administrator, please call"})
    assert sent.headers["Location"] == path_of(anna, "/notes")
    assert "Notes that mention you" in text_of(admin.get("/"))
    page = text_of(admin.get("/tasks"))
    assert 'data-ui="mention"' in page
    assert "please call" in page
    assert 'data-ui="mention"' not in text_of(agent.get("/tasks"))
    admin.get(path_of(anna, "/notes"))
    assert "Notes that mention you</b>" not in text_of(admin.get("/"))


@promise("CUS-50")
def test_a_task_is_due_on_the_record_the_list_and_the_first_page(agent: Client, anna: UUID) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    me = agent.session["_auth_user_id"]
    owner = f"per_{UUID(me).hex}"
    agent.post(path_of(anna, "/tasks/new"), {"words": "Call back", "due_on": yesterday,
                                             "owner": owner})  # fmt: skip
    assert "Tasks due today or late" in text_of(agent.get("/"))
    assert 'data-ui="task-due"' in text_of(agent.get(path_of(anna)))
    page = text_of(agent.get("/tasks"))
    assert "Call back" in page
    assert "late" in page
    [task] = notes.tasks_of([anna])
    done = agent.post(f"/tasks/{task.public_id}/completion", {"back": "/tasks"})
    assert done.headers["Location"] == "/tasks"
    assert "Call back" not in text_of(agent.get("/tasks"))
    again = agent.post(f"/tasks/{task.public_id}/reopening")
    assert again.headers["Location"] == path_of(anna, "/notes")


@promise("CUS-50")
def test_tags_and_files_stand_on_the_notes_tab(agent: Client, anna: UUID) -> None:
    agent.post(path_of(anna, "/tags"), {"tag": "VIP"})
    file = SimpleUploadedFile("Contract.pdf", b"%PDF-1.7 signed")
    agent.post(path_of(anna, "/files/new"), {"file": file})
    page = text_of(agent.get(path_of(anna, "/notes")))
    assert "Contract.pdf" in page
    assert "VIP" in text_of(agent.get(path_of(anna)))
    [kept] = notes.files_of([anna])
    answer = agent.get(path_of(anna, f"/files/{kept.public_id}"))
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 signed"  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Contract.pdf"'
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    bad = agent.post(path_of(anna, "/files/new"),
                     {"file": SimpleUploadedFile("x.pdf", b"<html>")})  # fmt: skip
    assert bad.status_code == 422
    assert agent.post(path_of(anna, "/files/new")).status_code == 422
    agent.post(path_of(anna, f"/files/{kept.public_id}/removal"))
    agent.post(path_of(anna, "/tags/vip/removal"))
    page = text_of(agent.get(path_of(anna, "/notes")))
    assert "Contract.pdf" not in page
    assert "No tags yet." in page


def test_the_keys_n_and_t_stand_on_the_buttons_of_the_record(
    agent: Client, sign_in: SignIn, anna: UUID
) -> None:
    page = text_of(agent.get(path_of(anna)))
    assert 'data-ui="note-new"' in page
    assert 'data-ui="task-new"' in page
    reader = text_of(sign_in("customers.view", "notes.view").get(path_of(anna)))
    assert 'data-ui="note-new"' not in reader


def test_the_pages_of_notes_ask_little(
    agent: Client, anna: UUID, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    agent.post(path_of(anna, "/notes/new"), {"words": "A note"})
    for address in (path_of(anna, "/notes"), "/tasks"):
        agent.get(address)
        with django_assert_max_num_queries(QUERIES_MAX):
            agent.get(address)
