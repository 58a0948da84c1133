"""Files come in: uploaded, described, checked without writing, run, accounted for, undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from clientela.console import held, once
from clientela.console.imports.state import may_run, rows_of, state_of
from clientela.console.imports.upload_form import UploadForm
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.console.paging import Pages
from clientela.flows import import_file, undo_import
from clientela.flows.jobs import queue_import, queue_undo
from clientela.imports import actions, queries
from clientela.imports.models import Batch
from clientela.imports.templates import EXAMPLES, template_of
from clientela.platform import transactions
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest

PAGE = 50
UPLOADS = "uploads"
UPLOADS_MAX = 20
UNTRUSTED = "sandbox; default-src 'none'"


@page("customers.import")
def listed(request: HouseRequest) -> HttpResponse:
    pages = Pages.of(request)
    batches = queries.latest(PAGE, before=pages.record())
    following = batches[-1].id.hex if len(batches) == PAGE else None
    context = {"batches": rows_of(batches), **pages.links(following)}
    return show(request, "console/imports/list.html", context)


@page("customers.import", methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    """Take a file; what its columns mean comes next. The same form sent again leads to the same
    import.
    """
    kept = held.take(request) if request.method == "GET" else None
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if address := _uploaded_before(request) or _received(request, form):
            return see(address)
    else:
        form = UploadForm(initial=kept.dict() if kept else {"kind": request.GET.get("kind")})
    limit = settings.IMPORT_FILE_BYTES_MAX
    context = {
        "form": form, "limit_bytes": limit, "limit": filesizeformat(limit), "kinds": list(_kinds()),
        "notices": [held.notice()] if kept else [],
    }  # fmt: skip
    return show(request, "console/imports/new.html", context, status=422 if form.errors else 200)


@page("customers.import")
def shown(request: HouseRequest, batch_id: UUID) -> HttpResponse:
    """The import at the step it has come to."""
    batch = queries.get(batch_id)
    if batch.state == Batch.State.UPLOADED:
        return see(reverse("console:import-columns", args=[batch_id]))
    context = state_of(batch, now=request.started_at, actor=request.actor)
    return show(request, "console/imports/show.html", context)


@page("customers.import")
def state(request: HouseRequest, batch_id: UUID) -> HttpResponse:
    """The import as it stands, for the page that waits for it."""
    batch = queries.get(batch_id)
    context = state_of(batch, now=request.started_at, actor=request.actor)
    return show(request, "console/imports/state.html", context)


@page("customers.import", methods=SENT, shown_on="console:imports")
def run(request: HouseRequest, batch_id: UUID) -> HttpResponse:
    """Have a checked file taken in, or go on with one that stopped; pressed twice it runs once."""
    batch = queries.get(batch_id)
    address = reverse("console:import", args=[batch_id])

    def queue() -> str:
        queue_import(batch, run=True, actor=request.actor.id)
        return address

    if may_run(batch):
        once.sent(request, queue)
    return see(address)


@page("customers.import", methods=SENT, shown_on="console:imports")
def stop(request: HouseRequest, batch_id: UUID) -> HttpResponse:
    """Have a run end behind the rows it has in hand."""
    import_file.stop(batch_id, now=request.started_at)
    return see(reverse("console:import", args=[batch_id]))


@page("customers.undo_import", methods=SENT, shown_on="console:imports")
def undo(request: HouseRequest, batch_id: UUID) -> HttpResponse:
    """Have an import undone in the background; pressed twice it is done once."""
    batch = queries.get(batch_id)
    address = reverse("console:import", args=[batch_id])

    def queue() -> str:
        queue_undo(batch, actor=request.actor.id, now=request.started_at)
        return address

    if undo_import.may_be_undone(batch, now=request.started_at):
        once.sent(request, queue)
    return see(address)


@page("customers.import")
def kept(request: HouseRequest, batch_id: UUID) -> HttpResponseBase:
    """What an undo left as it is, and why."""
    batch = queries.get(batch_id)
    path = undo_import.kept_file(batch)
    if path is None:
        raise Http404
    name = _("%(file)s, kept") % {"file": Path(batch.file_name).name.partition(".")[0]}
    body = FileResponse(path.open("rb"), content_type="text/csv; charset=utf-8")
    return _attached(body, f"{name}.csv")


@page("customers.import")
def rejects(request: HouseRequest, batch_id: UUID) -> HttpResponseBase:
    """The rows that were not taken, with their reasons; never shown as a page."""
    batch = queries.get(batch_id)
    path = import_file.rejects_of(batch)
    if path is None:
        raise Http404
    name = _("%(file)s, refused") % {"file": Path(batch.file_name).name.partition(".")[0]}
    body = FileResponse(path.open("rb"), content_type="text/csv; charset=utf-8")
    return _attached(body, f"{name}.csv")


@page("customers.import")
def template(request: HouseRequest, kind: str) -> HttpResponseBase:
    """A file of this kind with its columns and one row as an example."""
    if kind not in EXAMPLES:
        raise Http404
    body = HttpResponse(template_of(kind), content_type="text/csv; charset=utf-8")
    return _attached(body, f"{kind}.csv")


def _received(request: HouseRequest, form: UploadForm) -> str | None:
    """The address of the import's next step once its file is kept."""
    if not form.is_valid():
        return None
    given, file = form.cleaned_data, form.cleaned_data["file"]
    try:
        with _on_disk(file) as path:
            batch = import_file.receive(
                path, kind=given["kind"], mapping_text=form.mapping_text(),
                source=given["source"] or None, file_name=file.name, actor=request.actor,
                now=request.started_at, mapping_name=given.get("saved") or "", is_settled=False,
            )  # fmt: skip
    except Problem as refusal:
        if refusal.status >= 500:
            raise
        form.refuse(refusal)
        return None
    _save_mapping(request, given)
    address = reverse("console:import-columns", args=[batch.id])
    _remember(request, address)
    return address


def _save_mapping(request: HouseRequest, given: Mapping[str, Any]) -> None:
    if given["save_as"]:
        with transactions.open():
            actions.save_mapping(
                name=given["save_as"], kind=given["kind"], text=given["mapping"],
                actor=request.actor, now=request.started_at,
            )  # fmt: skip


def _uploaded_before(request: HouseRequest) -> str | None:
    """Where the same form led that was sent before."""
    address: str | None = request.session.get(UPLOADS, {}).get(request.POST.get(once.KEY, ""))
    return address


def _remember(request: HouseRequest, address: str) -> None:
    uploads = request.session.get(UPLOADS, {})
    uploads[request.POST.get(once.KEY, "")] = address
    uploads.pop("", None)
    request.session[UPLOADS] = dict(list(uploads.items())[-UPLOADS_MAX:])


@contextmanager
def _on_disk(file: UploadedFile[bytes]) -> Iterator[Path]:
    """An uploaded file as a path; a small one, which is in memory, is written for a moment."""
    if isinstance(file, TemporaryUploadedFile):
        yield Path(file.temporary_file_path())
        return
    with NamedTemporaryFile() as written:
        for chunk in file.chunks():
            written.write(chunk)
        written.flush()
        yield Path(written.name)


def _kinds() -> Iterator[dict[str, Any]]:
    for kind, columns in EXAMPLES.items():
        url = reverse("console:import-template", args=[kind])
        yield {"kind": kind, "columns": list(columns), "url": url}


def _attached(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["Content-Security-Policy"] = UNTRUSTED
    return response
