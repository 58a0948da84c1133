"""Data taken out as a file: asked for with a reason, fetched within seven days."""

from __future__ import annotations

from typing import Any, Literal

from django.http import FileResponse
from pydantic import BaseModel, Field

from clientela.api.router import Doors
from clientela.api.types import Body, HouseRequest, Name, public_id
from clientela.exports import queries
from clientela.exports.models import Export as Taken
from clientela.flows import export_records
from clientela.flows.jobs import queue_export
from clientela.platform.errors import InvalidInput

doors = Doors(tags=["exports"])


class NewExport(Body):
    """`what`: customers, products, holdings, purchases, a view (`lst_…`), a customer (`cus_…`) or
    `list` with `state`, the filter, columns and order of a list. `source`: whose ids
    customers have.
    """

    what: Name
    format: Literal["csv", "xlsx", "parquet", "jsonl"] = "csv"
    reason: Name
    source: Name | None = None
    state: dict[str, Any] = Field(default_factory=dict)


class Export(BaseModel):
    id: str
    what: str
    format: str
    reason: str
    state: str
    rows: int
    columns: list[str]
    link_until: str
    problem: dict[str, Any] | None


class Exports(BaseModel):
    items: list[Export]
    next: str | None


@doors.write("POST", "/exports", right="customers.export", answer=Export,
             summary="Take data out as a file")  # fmt: skip
def ask(request: HouseRequest, body: NewExport) -> dict[str, Any]:
    """As far as this key may see it; written in the background and logged with its reason."""
    asked: dict[str, Any] = {"state": body.state} if body.state else {}
    if body.source:
        asked["source"] = body.source
    export = export_records.ask(
        body.what, form=body.format, reason=body.reason, asked=asked, actor=request.actor,
        now=request.started_at,
    )  # fmt: skip
    queue_export(export.id, actor=request.actor.id)
    return _told(export)


@doors.read("/exports", right="customers.export", answer=Exports, summary="Exports so far")
def listed(request: HouseRequest, after: str | None = None, limit: int = 50) -> dict[str, Any]:
    """Those of this key, newest first."""
    size = max(1, min(limit, queries.LIST_MAX))
    before = public_id("exp", after, field="after") if after else None
    found = queries.latest(request.actor, limit=size, before=before)
    following = found[-1].public_id if len(found) == size else None
    return {"items": [_told(one) for one in found], "next": following}


@doors.read("/exports/{id}", right="customers.export", answer=Export, summary="One export")
def shown(request: HouseRequest, id: str) -> dict[str, Any]:
    return _told(queries.get(_id(id), actor=request.actor))


@doors.read("/exports/{id}/file", right="customers.export", answer=None,
            summary="The file of an export")  # fmt: skip
def file(request: HouseRequest, id: str) -> FileResponse:
    """Until `link_until`, by whoever asked for it."""
    export = queries.ready(_id(id), actor=request.actor, now=request.started_at)
    return FileResponse(export.file.open("rb"), as_attachment=True, filename=export.file_name)


def _id(id: str) -> Any:
    try:
        return public_id("exp", id)
    except InvalidInput:
        raise queries.NoSuchExport from None


def _told(export: Taken) -> dict[str, Any]:
    return {
        "id": export.public_id, "what": export.what, "format": export.form,
        "reason": export.reason, "state": export.state, "rows": export.rows,
        "columns": export.columns, "link_until": export.link_until.isoformat(),
        "problem": export.problem or None,
    }  # fmt: skip
