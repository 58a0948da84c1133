"""Notes, tasks, tags and files of customers."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import Field, StrictStr

from clientela.api.retention.answers import day, family
from clientela.api.router import Doors
from clientela.api.types import Body, Day, HouseRequest, Name, Text, public_id
from clientela.flows import keep_files, keep_notes
from clientela.notes import queries as notes
from clientela.notes import rules
from clientela.notes.models import File as FileRow
from clientela.notes.models import Note as NoteRow
from clientela.notes.models import Task as TaskRow
from clientela.platform import ids
from clientela.platform.errors import InvalidInput

doors = Doors(tags=["notes"])
UNTRUSTED = "sandbox; default-src 'none'"
Words = Annotated[StrictStr, Field(min_length=1, max_length=rules.WORDS_LENGTH_MAX)]


class NewNote(Body):
    """Somebody named after an @ (name or e-mail) finds the note among what waits for them."""

    words: Words


class Note(Body):
    id: str
    customer: str
    merged_from: str | None = None
    words: str
    written_by: str
    written_at: str
    mentioned: list[str]


class NoteList(Body):
    items: list[Note]
    next: str | None


class NewTask(Body):
    """`owner`: whose task it is, `per_…`; left out, the one who sets it."""

    words: Words
    due_on: Day
    owner: Text = ""


class TaskChange(Body):
    words: Words | None = None
    due_on: Day | None = None
    owner: Text | None = None


class Task(Body):
    id: str
    customer: str
    merged_from: str | None = None
    words: str
    due_on: str
    owner: str
    made_by: str
    made_at: str
    done_at: str | None
    done_by: str


class TaskList(Body):
    items: list[Task]
    next: str | None


class NewTag(Body):
    tag: Name


class Tag(Body):
    key: str
    name: str


class TagList(Body):
    items: list[Tag]
    next: str | None


class NewFile(Body):
    """`content` in base64, at most 10 MB; what it is is told by its content, not by its name."""

    name: Name
    content: StrictStr


class File(Body):
    id: str
    customer: str
    merged_from: str | None = None
    name: str
    kind: str
    size_bytes: int
    added_by: str
    added_at: str


class FileList(Body):
    items: list[File]
    next: str | None


class NoteGone(Body):
    removed: bool


@doors.read("/customers/{customer_id}/notes", right="notes.view", answer=NoteList,
            summary="Read a customer's notes")  # fmt: skip
def listed(
    request: HouseRequest, customer_id: StrictStr,
    after: Annotated[str, Query(max_length=80)] = "",
    limit: Annotated[int, Query(ge=1, le=notes.NOTES_SHOWN)] = notes.NOTES_SHOWN,
) -> dict[str, Any]:  # fmt: skip
    """Newest first."""
    own = family(customer_id)
    before = None
    if after:
        last = notes.note(public_id("not", after, field="after"), family=own)
        before = (last.written_at, last.id)
    rows = notes.notes_of(own, before=before, limit=limit)
    return {"items": _notes(rows), "next": rows[-1].public_id if len(rows) == limit else None}


@doors.write("POST", "/customers/{customer_id}/notes", right="notes.write", answer=Note,
             summary="Write a note")  # fmt: skip
def write(request: HouseRequest, customer_id: StrictStr, body: NewNote) -> dict[str, Any]:
    """Numbers of payment cards in it are hidden."""
    note = keep_notes.write_note(
        public_id("cus", customer_id), body.words, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _notes([note])[0]


@doors.write("DELETE", "/customers/{customer_id}/notes/{note_id}", right="notes.write",
             answer=NoteGone, summary="Remove a note")  # fmt: skip
def remove(request: HouseRequest, customer_id: StrictStr, note_id: StrictStr) -> dict[str, Any]:
    """It is shown no more."""
    keep_notes.remove_note(
        public_id("cus", customer_id), public_id("not", note_id), actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {"removed": True}


@doors.read("/tasks", right="notes.view", answer=TaskList, summary="List open tasks")
def tasks(
    request: HouseRequest, owner: Annotated[str, Query(max_length=80)] = "",
    after: Annotated[str, Query(max_length=80)] = "",
    limit: Annotated[int, Query(ge=1, le=notes.TASKS_SHOWN)] = notes.TASKS_SHOWN,
) -> dict[str, Any]:  # fmt: skip
    """The most pressing first; of one owner, `per_…`, or of everybody."""
    last = notes.task(public_id("tsk", after, field="after")) if after else None
    key = (last.due_on, last.id) if last else None
    rows = notes.open_tasks(owner=owner, after=key, limit=limit)
    following = rows[-1].public_id if len(rows) == limit else None
    return {"items": [_task(row) for row in rows], "next": following}


@doors.read("/customers/{customer_id}/tasks", right="notes.view", answer=TaskList,
            summary="Read a customer's tasks")  # fmt: skip
def tasks_of(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Open ones by their day, then those that were done last."""
    return {"items": [_task(row) for row in notes.tasks_of(family(customer_id))], "next": None}


@doors.write("POST", "/customers/{customer_id}/tasks", right="notes.write", answer=Task,
             summary="Set a task")  # fmt: skip
def set_task(request: HouseRequest, customer_id: StrictStr, body: NewTask) -> dict[str, Any]:
    """Something to be done for the customer until a day."""
    return _task(keep_notes.set_task(
        public_id("cus", customer_id), body.words, due_on=body.due_on, owner=body.owner,
        actor=request.actor, now=request.started_at, request=request.request_id,
    ))  # fmt: skip


@doors.write("PATCH", "/tasks/{task_id}", right="notes.write", answer=Task,
             summary="Change a task")  # fmt: skip
def change_task(request: HouseRequest, task_id: StrictStr, body: TaskChange) -> dict[str, Any]:
    """What is left out stays."""
    return _task(keep_notes.change_task(
        public_id("tsk", task_id), words=body.words, due_on=body.due_on, owner=body.owner,
        actor=request.actor, now=request.started_at, request=request.request_id,
    ))  # fmt: skip


@doors.write("POST", "/tasks/{task_id}/completion", right="notes.write", answer=Task,
             summary="Finish a task")  # fmt: skip
def finish(request: HouseRequest, task_id: StrictStr) -> dict[str, Any]:
    """It is done; a second time changes nothing."""
    return _task(keep_notes.finish_task(
        public_id("tsk", task_id), actor=request.actor, now=request.started_at,
        request=request.request_id,
    ))  # fmt: skip


@doors.write("POST", "/tasks/{task_id}/reopening", right="notes.write", answer=Task,
             summary="Open a task again")  # fmt: skip
def reopen(request: HouseRequest, task_id: StrictStr) -> dict[str, Any]:
    """It is to be done after all."""
    return _task(keep_notes.reopen_task(
        public_id("tsk", task_id), actor=request.actor, now=request.started_at,
        request=request.request_id,
    ))  # fmt: skip


@doors.read("/tags", right="notes.view", answer=TagList, summary="List the tags")
def all_tags(request: HouseRequest) -> dict[str, Any]:
    """The words this company puts on customers."""
    return {"items": [{"key": tag.key, "name": tag.name} for tag in notes.tags()], "next": None}


@doors.read("/customers/{customer_id}/tags", right="notes.view", answer=TagList,
            summary="Read a customer's tags")  # fmt: skip
def tags_of(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """What the customer carries now."""
    return _tags(customer_id)


@doors.write("POST", "/customers/{customer_id}/tags", right="notes.write", answer=TagList,
             summary="Put a tag on a customer")  # fmt: skip
def put_tag(request: HouseRequest, customer_id: StrictStr, body: NewTag) -> dict[str, Any]:
    """A tag nobody used before comes with it; one the customer carries changes nothing."""
    keep_notes.put_tag(
        public_id("cus", customer_id), body.tag, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _tags(customer_id)


@doors.write("DELETE", "/customers/{customer_id}/tags/{key}", right="notes.write",
             answer=TagList, summary="Take a tag off a customer")  # fmt: skip
def take_tag(request: HouseRequest, customer_id: StrictStr, key: StrictStr) -> dict[str, Any]:
    """By the key of the tag."""
    keep_notes.take_tag(
        public_id("cus", customer_id), key, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    return _tags(customer_id)


@doors.read("/customers/{customer_id}/files", right="notes.view", answer=FileList,
            summary="Read a customer's files")  # fmt: skip
def files_of(request: HouseRequest, customer_id: StrictStr) -> dict[str, Any]:
    """Newest first; the content has an address of its own."""
    return {"items": [_file(row) for row in notes.files_of(family(customer_id))], "next": None}


@doors.write("POST", "/customers/{customer_id}/files", right="notes.write", answer=File,
             summary="Add a file")  # fmt: skip
def add_file(request: HouseRequest, customer_id: StrictStr, body: NewFile) -> dict[str, Any]:
    """PDF, pictures, plain text, documents of an office programme without macros."""
    return _file(keep_files.add_file(
        public_id("cus", customer_id), body.name, [_decoded(body.content)], actor=request.actor,
        now=request.started_at, request=request.request_id,
    ))  # fmt: skip


@doors.read("/customers/{customer_id}/files/{file_id}/content", right="notes.view", answer=bytes,
            summary="Read the content of a file")  # fmt: skip
def content(request: HouseRequest, customer_id: StrictStr, file_id: StrictStr) -> HttpResponse:
    """The bytes as they were added."""
    found = keep_files.content(public_id("fil", file_id), family=family(customer_id))
    response = HttpResponse(found.path.read_bytes(), content_type=found.kind.media_type)
    response.headers["Content-Security-Policy"] = UNTRUSTED
    response.headers["Content-Disposition"] = "attachment"
    return response


@doors.write("DELETE", "/customers/{customer_id}/files/{file_id}", right="notes.write",
             answer=NoteGone, summary="Remove a file")  # fmt: skip
def remove_file(
    request: HouseRequest, customer_id: StrictStr, file_id: StrictStr
) -> dict[str, Any]:
    """Its content leaves the disk."""
    keep_files.remove_file(
        public_id("cus", customer_id), public_id("fil", file_id), actor=request.actor,
        now=request.started_at, request=request.request_id,
    )  # fmt: skip
    return {"removed": True}


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput("Send the content in base64.", field="content") from None


def _notes(rows: list[NoteRow]) -> list[dict[str, Any]]:
    mentioned: dict[UUID, list[str]] = notes.mentioned_in(rows)
    return [
        {"id": row.public_id, "customer": ids.public("cus", row.customer_id), "words": row.words,
         "written_by": row.written_by, "written_at": row.written_at.isoformat(),
         "mentioned": mentioned.get(row.id, [])}
        for row in rows
    ]  # fmt: skip


def _task(row: TaskRow) -> dict[str, Any]:
    return {
        "id": row.public_id, "customer": ids.public("cus", row.customer_id), "words": row.words,
        "due_on": row.due_on.isoformat(), "owner": row.owner, "made_by": row.made_by,
        "made_at": row.made_at.isoformat(), "done_at": day(row.done_at), "done_by": row.done_by,
    }  # fmt: skip


def _tags(customer_id: str) -> dict[str, Any]:
    found = notes.tags_of(family(customer_id))
    return {"items": [{"key": tag.key, "name": tag.name} for tag in found], "next": None}


def _file(row: FileRow) -> dict[str, Any]:
    return {
        "id": row.public_id, "customer": ids.public("cus", row.customer_id), "name": row.name,
        "kind": row.kind, "size_bytes": row.size_bytes, "added_by": row.added_by,
        "added_at": row.added_at.isoformat(),
    }  # fmt: skip
