"""Notes and tasks as pages show them: people by their names, mentions found in the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from clientela.notes.models import Note, Task
from clientela.staff import queries as staff


def named(block: Mapping[str, Any]) -> dict[str, Any]:
    """The panel's block with names for the ids of people."""
    names = staff.names_of(
        {one["owner"] for one in block["tasks"]} | {one["written_by"] for one in block["latest"]}
    )
    return {
        "tags": block["tags"],
        "tasks": [
            {**one, "owner": names.get(one["owner"], one["owner"])} for one in block["tasks"]
        ],
        "latest": [
            {**one, "by": names.get(one["written_by"], one["written_by"])}
            for one in block["latest"]
        ],
    }


def notes(
    rows: Sequence[Note], mentioned: Mapping[UUID, list[str]], *,
    names: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    if names is None:
        names = staff.names_of(people_in(rows, mentioned))
    return [
        {"id": row.public_id, "words": row.words, "written_at": row.written_at,
         "by": names.get(row.written_by, row.written_by),
         "mentioned": [names.get(id, id) for id in mentioned.get(row.id, [])]}
        for row in rows
    ]  # fmt: skip


def tasks(
    rows: Sequence[Task], *, today: date, customers: Mapping[UUID, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """`customers`: what they are called, where the list is of several."""
    people = names if names is not None else staff.names_of(people_of(rows))
    return [
        {"id": row.public_id, "words": row.words, "due_on": row.due_on, "done_at": row.done_at,
         "days_left": (row.due_on - today).days, "owner": people.get(row.owner, row.owner),
         "made_by": people.get(row.made_by, row.made_by), "customer": row.customer_id,
         "name": (customers or {}).get(row.customer_id, "")}
        for row in rows
    ]  # fmt: skip


def people_in(rows: Iterable[Note], mentioned: Mapping[UUID, list[str]]) -> set[str]:
    return {row.written_by for row in rows} | {id for ids in mentioned.values() for id in ids}


def people_of(rows: Iterable[Task]) -> set[str]:
    return {id for row in rows for id in (row.owner, row.made_by)}
