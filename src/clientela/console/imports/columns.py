"""The second step of an import: what the columns mean, shown on the first rows before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from clientela.console.imports.columns_form import ColumnsForm
from clientela.console.imports.upload_form import NEEDS, of_problem
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.flows import import_columns
from clientela.flows.import_columns import Preview, Shown
from clientela.flows.jobs import queue_import
from clientela.flows.opened_file import mapping_from, table_of
from clientela.imports import queries
from clientela.imports.models import Batch
from clientela.imports.rules.faults import MissingColumns
from clientela.imports.rules.kinds import KINDS
from clientela.imports.rules.mapping_text import columns_in, said_in, written
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies

OPEN = (Batch.State.UPLOADED, Batch.State.CHECKED, Batch.State.FAILED)


@page("customers.import", methods=FORM)
def columns(request: HouseRequest, batch_id: UUID) -> HttpResponse:
    """Choose, look, and have the whole file checked; what is wrong keeps the step and the words."""
    batch = queries.get(batch_id)
    if batch.state not in OPEN or batch.rows_done:
        return see(reverse("console:import", args=[batch_id]))
    text = batch.mapping or import_columns.suggested(batch)
    form = _form(batch, text, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        text = written(form.said(said_in(text)))
        if request.POST.get("do") != "look":
            address = _described(request, batch, text, form)
            if address:
                return see(address)
        if not form.errors:
            form = _form(batch, text, looked=form)
    return _answer(request, batch, text, form)


@page("customers.import", methods=SENT, shown_on="console:imports")
def as_text(request: HouseRequest, batch_id: UUID) -> HttpResponse:
    """The same mapping, written as its text."""
    batch = queries.get(batch_id)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        mapping_from(text, kind=batch.kind, source=None)
        import_columns.describe(
            batch_id, text, actor=request.actor, now=request.started_at,
            save_as=request.POST.get("save_as", ""),
        )  # fmt: skip
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        kept = batch.mapping or import_columns.suggested(batch)
        form = _form(batch, kept)
        told = of_problem(refusal.as_dict())
        return _answer(request, batch, text, form, fault=f"{told['title']}. {told['detail']}")
    return see(reverse("console:import-columns", args=[batch_id]))


def _described(request: HouseRequest, batch: Batch, text: str, form: ColumnsForm) -> str:
    """Where it goes on once the mapping is kept and the check is queued; "" when it is refused."""
    given = form.cleaned_data
    try:
        import_columns.describe(
            batch.id, text, actor=request.actor, now=request.started_at,
            save_as=given.get("save_as") or "", data_of=_instant(given.get("data_of")),
        )  # fmt: skip
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        _refuse(form, refusal)
        return ""
    queue_import(queries.get(batch.id), run=False, actor=request.actor.id)
    return reverse("console:import", args=[batch.id])


def _refuse(form: ColumnsForm, refusal: Problem) -> None:
    told = of_problem(refusal.as_dict())
    sentence = f"{told['title']}. {told['detail']}".strip()
    missing = refusal.missing if isinstance(refusal, MissingColumns) else ()
    places = [f"column:{target}" for target in missing if f"column:{target}" in form.fields]
    for place in places:
        form.add_error(place, told["title"])
    field = refusal.as_dict().get("field", "")
    if not places:
        form.add_error(field if field in form.fields else None, sentence)


def _form(
    batch: Batch, text: str, *, data: Any = None, looked: ColumnsForm | None = None
) -> ColumnsForm:
    """Bound to what was sent, or showing what the mapping says."""
    mapping = mapping_from(text, kind=batch.kind, source=batch.source)
    header, found = batch.found.get("columns"), batch.found
    if looked is not None or header is None:
        try:
            table = table_of(batch.file, mapping)
            header, found = table.header, {**batch.found, "sheets": list(table.sheets)}
        except Problem:
            header = header or []
    own = import_columns.own_targets(batch.kind)
    initial = ColumnsForm.initial_of(said_in(text), source=batch.source)
    if looked is not None:
        initial["save_as"] = looked.cleaned_data.get("save_as", "")
        initial["data_of"] = looked.cleaned_data.get("data_of")
    return ColumnsForm(KINDS[batch.kind], header, found, own, data, initial=initial)


def _answer(
    request: HouseRequest, batch: Batch, text: str, form: ColumnsForm, *, fault: str = ""
) -> HttpResponse:
    preview, refusal = _preview(request, batch, text)
    context = {
        "batch": batch, "form": form, "text": text, "fault": fault or refusal,
        "preview": preview, "table": _table(preview, text) if preview else None,
        "loose": _loose(preview) if preview else [],
    }  # fmt: skip
    status = 422 if form.errors or fault else 200
    return show(request, "console/imports/columns.html", context, status=status)


def _preview(request: HouseRequest, batch: Batch, text: str) -> tuple[Preview | None, str]:
    try:
        return import_columns.preview(batch, text, now=request.started_at), ""
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        told = of_problem(refusal.as_dict())
        return None, "" if refusal.code in NEEDS and not told["detail"] else told["detail"]


def _table(preview: Preview, text: str) -> dict[str, Any]:
    """The first rows: each cell as it stands, and below it what becomes of it."""
    goes_to: dict[str, list[str]] = {}
    for target, names in columns_in(said_in(text)).items():
        for name in names:
            goes_to.setdefault(name.strip().casefold(), []).append(target)
    places = [
        {"name": name, "targets": goes_to.get(name.strip().casefold(), [])}
        for name in preview.header
    ]
    return {"columns": places, "rows": [_row(row, places) for row in preview.rows]}


def _row(row: Shown, places: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    cells = []
    for place, written_ in zip(places, row.cells, strict=False):
        values = [row.values[target] for target in place["targets"] if target in row.values]
        after = [value for value in values if value != written_.strip()]
        cells.append({"before": written_, "after": " · ".join(after)})
    return {"number": row.number, "cells": cells, "faults": [text for _, text in row.faults]}


def _loose(preview: Preview) -> list[dict[str, Any]]:
    """Columns nothing reads, with what stands in them."""
    header = list(preview.header)
    found = []
    for name in preview.unmapped:
        place = header.index(name)
        cells = [row.cells[place] for row in preview.rows[:5] if len(row.cells) > place]
        found.append({"name": name, "values": ", ".join(cell for cell in cells if cell)})
    return found


def _instant(day: Any) -> datetime | None:
    return datetime.combine(day, time.max, tzinfo=companies.current().zone) if day else None
