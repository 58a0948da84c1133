"""Files on their way in: uploaded as they are, described, tried, run, accounted for, undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from ninja import Query
from pydantic import BaseModel, Field

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Instant, public_id
from clientela.flows import import_columns, import_file, undo_import
from clientela.flows.jobs import queue_import, queue_undo
from clientela.flows.opened_file import mapping_of
from clientela.imports import actions, queries
from clientela.imports.models import Batch
from clientela.imports.reasons import reason_of
from clientela.imports.rules.faults import Reject
from clientela.imports.rules.kinds import KINDS
from clientela.platform import transactions
from clientela.platform.errors import InvalidInput

doors = Doors(tags=["imports"])
CHUNK_BYTES = 1 << 20
MAPPING_LENGTH_MAX = 100_000


class Upload(BaseModel):
    """`mapping`: the name of a saved one; without it the columns are guessed."""

    kind: str
    file_name: str = Field("file", max_length=200)
    source: str | None = Field(None, max_length=60)
    mapping: str | None = Field(None, max_length=60)


class Import(BaseModel):
    id: str
    kind: str
    source: str
    file_name: str
    state: str
    columns: list[str]
    rows_done: int
    result: dict[str, Any] | None
    trial: dict[str, Any] | None
    undo: dict[str, int] | None
    problem: dict[str, Any] | None


class Imports(BaseModel):
    items: list[Import]
    next: str | None


class Described(Body):
    """The mapping as its text, TOML; `save_as` keeps it under a name."""

    text: str = Field(max_length=MAPPING_LENGTH_MAX)
    save_as: str = Field("", max_length=60, pattern="^[-a-zA-Z0-9_]*$")
    data_of: Instant | None = None


class MappingText(BaseModel):
    text: str
    unmapped: list[str]


class Seen(BaseModel):
    row: int
    cells: list[str]
    values: dict[str, str]
    faults: list[dict[str, str]]


class Looked(BaseModel):
    """The first rows before and after; `missing` columns are needed and not there."""

    columns: list[str]
    rows: list[Seen]
    unmapped: list[str]
    missing: list[str]
    settled: dict[str, str | None]


class Rejected(BaseModel):
    row: int
    outcome: str
    column: str
    code: str
    reasons: list[str]


class Rejects(BaseModel):
    items: list[Rejected]
    next: str | None


class SavedMapping(BaseModel):
    name: str
    kind: str
    text: str


class NewMapping(Body):
    kind: str = Field(json_schema_extra={"enum": list(KINDS)})
    text: str = Field(max_length=MAPPING_LENGTH_MAX)


@doors.write("POST", "/imports", right="customers.import", answer=Import,
             summary="Upload a file", kept=False)  # fmt: skip
def upload(request: HouseRequest, upload: Query[Upload]) -> dict[str, Any]:
    """The body is the file itself, in any content type but JSON; kind, source and mapping stand in
    the address. Nothing of it is written before it is run. The same upload may be sent again: a
    file that is imported twice adds nothing.
    """
    _known_kind(upload.kind)
    text = queries.mapping(upload.mapping).text if upload.mapping else ""
    with _on_disk(request) as path:
        batch = import_file.receive(
            path, kind=upload.kind, mapping_text=text, source=upload.source,
            file_name=Path(upload.file_name).name or "file", mapping_name=upload.mapping or "",
            actor=request.actor, now=request.started_at, is_settled=False,
        )  # fmt: skip
    return _told(batch)


@doors.read("/imports", right="customers.import", answer=Imports, summary="Imports so far")
def listed(request: HouseRequest, after: str | None = None, limit: int = 50) -> dict[str, Any]:
    """Newest first."""
    size = max(1, min(limit, queries.LIST_MAX))
    before = public_id("imp", after, field="after") if after else None
    batches = queries.latest(size, before=before)
    following = batches[-1].public_id if len(batches) == size else None
    return {"items": [_told(one) for one in batches], "next": following}


@doors.read("/imports/{id}", right="customers.import", answer=Import, summary="One import")
def shown(request: HouseRequest, id: str) -> dict[str, Any]:
    """How far it is, with the control totals of its trial and of its run."""
    return _told(_batch(id))


@doors.read("/imports/{id}/mapping", right="customers.import", answer=MappingText,
            summary="What the columns mean")  # fmt: skip
def mapping(request: HouseRequest, id: str) -> dict[str, Any]:
    """As it was said; else as it is guessed from names and content."""
    batch = _batch(id)
    text = batch.mapping or import_columns.suggested(batch)
    seen = import_columns.preview(batch, text, now=request.started_at, rows=0)
    return {"text": text, "unmapped": list(seen.unmapped)}


@doors.write("PUT", "/imports/{id}/mapping", right="customers.import", answer=Import,
             summary="Say what the columns mean")  # fmt: skip
def describe(request: HouseRequest, id: str, body: Described) -> dict[str, Any]:
    """Until the file is run. What was tried before has to be tried again."""
    return _told(import_columns.describe(
        _batch(id).id, body.text, actor=request.actor, now=request.started_at,
        save_as=body.save_as, data_of=body.data_of,
    ))  # fmt: skip


@doors.read("/imports/{id}/preview", right="customers.import", answer=Looked,
            summary="The first rows, before and after")  # fmt: skip
def preview(request: HouseRequest, id: str) -> dict[str, Any]:
    batch = _batch(id)
    text = batch.mapping or import_columns.suggested(batch)
    seen = import_columns.preview(batch, text, now=request.started_at)
    rows = [
        {"row": row.number, "cells": list(row.cells), "values": dict(row.values),
         "faults": [{"column": column, "reason": words} for column, words in row.faults]}
        for row in seen.rows
    ]  # fmt: skip
    return {
        "columns": list(seen.header), "rows": rows, "unmapped": list(seen.unmapped),
        "missing": list(seen.missing), "settled": dict(seen.settled),
    }  # fmt: skip


@doors.write("POST", "/imports/{id}/trial", right="customers.import", answer=Import,
             summary="Try an import")  # fmt: skip
def try_(request: HouseRequest, id: str) -> dict[str, Any]:
    """Goes through the whole file in the background and writes nothing; then ask for `trial`."""
    batch = _settled(_batch(id), request)
    if batch.state in (Batch.State.UPLOADED, Batch.State.CHECKED, Batch.State.FAILED):
        queue_import(batch, run=False, actor=request.actor.id)
    return _told(queries.get(batch.id))


@doors.write("POST", "/imports/{id}/run", right="customers.import", answer=Import,
             summary="Run an import, or go on with it")  # fmt: skip
def run(request: HouseRequest, id: str) -> dict[str, Any]:
    """In the background, in batches; one that stopped goes on behind the last of them."""
    batch = _settled(_batch(id), request)
    if batch.state not in (Batch.State.RUNNING, *actions.ENDED):
        queue_import(batch, run=True, actor=request.actor.id)
    return _told(queries.get(batch.id))


@doors.write("POST", "/imports/{id}/stop", right="customers.import", answer=Import,
             summary="Stop an import")  # fmt: skip
def stop(request: HouseRequest, id: str) -> dict[str, Any]:
    """Behind the batch in hand; `result` says what was written until then."""
    return _told(import_file.stop(_batch(id).id, now=request.started_at))


@doors.read("/imports/{id}/rejects", right="customers.import", answer=Rejects,
            summary="Rows that were not taken")  # fmt: skip
def rejects(request: HouseRequest, id: str, after: int = 0, limit: int = 100) -> dict[str, Any]:
    """Of the run, or of the trial before it, by the row of the file."""
    batch = _batch(id)
    size = max(1, min(limit, queries.LIST_MAX))
    rows = queries.refused_after(batch.id, is_trial=not batch.result, row=after, limit=size)
    items = [
        {"row": row.number, "outcome": row.outcome, "column": row.column_name, "code": row.code,
         "reasons": [reason_of(Reject(row.number, *fault)) for fault in row.faults]}
        for row in rows
    ]  # fmt: skip
    return {"items": items, "next": str(rows[-1].number) if len(rows) == size else None}


@doors.write("POST", "/imports/{id}/undo", right="customers.undo_import", answer=Import,
             summary="Undo an import")  # fmt: skip
def undo(request: HouseRequest, id: str) -> dict[str, Any]:
    """In the background, within 30 days; what somebody did something with since stays."""
    batch = _batch(id)
    if undo_import.may_be_undone(batch, now=request.started_at):
        queue_undo(batch, actor=request.actor.id, now=request.started_at)
    elif batch.state != Batch.State.UNDONE:
        raise undo_import.NothingToUndo
    return _told(queries.get(batch.id))


@doors.read("/mappings", right="customers.import", answer=list[SavedMapping],
            summary="Saved mappings")  # fmt: skip
def mappings(request: HouseRequest) -> list[dict[str, Any]]:
    return [{"name": one.name, "kind": one.kind, "text": one.text} for one in queries.mappings()]


@doors.write("PUT", "/mappings/{name}", right="customers.import", answer=SavedMapping,
             summary="Save a mapping")  # fmt: skip
def save_mapping(request: HouseRequest, name: str, body: NewMapping) -> dict[str, Any]:
    """Under this name, for files of this kind; saving it again replaces the text."""
    if not name.replace("-", "").replace("_", "").isalnum() or len(name) > 60:
        raise InvalidInput("A name has letters, digits, - and _.", field="name")
    _known_kind(body.kind)
    import_file.checked_mapping(body.text, kind=body.kind)
    with transactions.open():
        saved = actions.save_mapping(
            name=name, kind=body.kind, text=body.text, actor=request.actor, now=request.started_at
        )
    return {"name": saved.name, "kind": saved.kind, "text": saved.text}


@doors.write("DELETE", "/mappings/{name}", right="customers.import", answer=dict[str, str],
             summary="Drop a saved mapping")  # fmt: skip
def drop_mapping(request: HouseRequest, name: str) -> dict[str, str]:
    """Imports that used it keep their own copy."""
    with transactions.open():
        if not actions.drop_mapping(name):
            raise queries.NoSuchMapping
    return {"name": name}


def _batch(id: str) -> Batch:
    try:
        return queries.get(public_id("imp", id))
    except InvalidInput:
        raise queries.NoSuchImport from None


def _settled(batch: Batch, request: HouseRequest) -> Batch:
    """With a mapping: one that nobody described is taken as it is guessed."""
    if batch.mapping or batch.state != Batch.State.UPLOADED:
        mapping_of(batch)
        return batch
    return import_columns.describe(
        batch.id, import_columns.suggested(batch), actor=request.actor, now=request.started_at
    )


def _known_kind(kind: str) -> None:
    if kind not in KINDS:
        raise InvalidInput(f"A file holds {', '.join(KINDS)}.", field="kind")


@contextmanager
def _on_disk(request: HouseRequest) -> Iterator[Path]:
    """The body of a request as a file, however large; refused once it is over the limit."""
    most, size = settings.IMPORT_FILE_BYTES_MAX, 0
    with NamedTemporaryFile() as written:
        while chunk := request.read(CHUNK_BYTES):
            size += len(chunk)
            if size > most:
                raise InvalidInput(f"A file has at most {most} bytes.", field="body")
            written.write(chunk)
        written.flush()
        yield Path(written.name)


def _told(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.public_id, "kind": batch.kind, "source": batch.source,
        "file_name": batch.file_name, "state": batch.state,
        "columns": batch.found.get("columns", []), "rows_done": batch.rows_done,
        "result": queries.told(batch) or None, "trial": batch.trial or None,
        "undo": batch.undo or None, "problem": batch.problem or None,
    }  # fmt: skip
