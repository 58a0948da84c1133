"""Data is taken out: what, as which file, and why; and what was taken out so far."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from clientela.console import held, once
from clientela.console.pages import FORM, page, show
from clientela.console.paging import Pages
from clientela.exports import queries
from clientela.flows import export_records
from clientela.flows.jobs import queue_export
from clientela.flows.lists import views
from clientela.flows.lists.state import ListState, of_query
from clientela.platform.http.requests import HouseRequest
from clientela.ui import words

PAGE = 50
UNTRUSTED = "sandbox; default-src 'none'"
FORMS = (("csv", "CSV"), ("xlsx", "XLSX"), ("parquet", "Parquet"), ("jsonl", "JSON lines"))


class ExportForm(forms.Form):
    what = forms.ChoiceField(label=_("What"))
    form = forms.ChoiceField(label=_("As"), choices=FORMS)
    reason = forms.CharField(
        label=_("Why"), max_length=export_records.REASON_LENGTH_MAX,
        help_text=_("It is kept in the log with your name."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Source"), required=False, max_length=60, initial="import",
        help_text=_("Whose ids name the customers."),
    )  # fmt: skip

    def __init__(self, offered: list[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = offered  # type: ignore[attr-defined]


@page(export_records.RIGHT)
def listed(request: HouseRequest) -> HttpResponse:
    pages = Pages.of(request)
    found = queries.latest(request.actor, limit=PAGE, before=pages.record())
    following = found[-1].id.hex if len(found) == PAGE else None
    context = {"exports": found, "now": request.started_at, **pages.links(following)}
    return show(request, "console/exports/list.html", context)


@page(export_records.RIGHT, methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    """Asked from a list, it is that list in its columns and order."""
    state = of_query(request.GET.dict())
    is_list = "what" not in request.GET and state != ListState()
    kept = held.take(request) if request.method == "GET" else None
    offered = _offered(request, is_list=is_list)
    if request.method == "POST":
        form = ExportForm(offered, request.POST)
        if form.is_valid() and (
            answer := once.send(request, form, lambda: _asked(request, form, state))
        ):
            return answer
    else:
        initial = kept.dict() if kept else {"what": request.GET.get("what", offered[0][0])}
        form = ExportForm(offered, initial=initial)
    status = 422 if form.errors else 200
    return show(request, "console/exports/new.html", {"form": form}, status=status)


@page(export_records.RIGHT)
def file(request: HouseRequest, export_id: UUID) -> HttpResponseBase:
    """Until its link is over, for whoever asked for it."""
    export = queries.ready(export_id, actor=request.actor, now=request.started_at)
    body = FileResponse(export.file.open("rb"), content_type="application/octet-stream")
    body.headers["Content-Disposition"] = content_disposition_header(True, export.file_name) or ""
    body.headers["Content-Security-Policy"] = UNTRUSTED
    return body


def _asked(request: HouseRequest, form: ExportForm, state: ListState) -> str:
    given = form.cleaned_data
    asked: dict[str, Any] = {"source": given["source"] or "import"}
    if given["what"] == export_records.LIST:
        asked["state"] = state.as_json()
    export = export_records.ask(
        given["what"], form=given["form"], reason=given["reason"], asked=asked,
        actor=request.actor, now=request.started_at,
    )  # fmt: skip
    queue_export(export.id, actor=request.actor.id)
    return reverse("console:exports")


def _offered(request: HouseRequest, *, is_list: bool) -> list[tuple[str, Any]]:
    kinds = [(kind, words.IMPORT[kind]) for kind in export_records.KINDS]
    saved = [(one.public_id, one.name) for one in views.views_for(request.actor)]
    customer = request.GET.get("what", "")
    one = [(customer, _("This customer"))] if customer.startswith("cus_") else []
    return [*([(export_records.LIST, _("The list as it was shown"))] if is_list else []),
            *one, *kinds, *saved]  # fmt: skip
