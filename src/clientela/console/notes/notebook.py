"""A customer's notes on one tab with tags, tasks and files; notes and tags are changed here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers import opened
from clientela.console.customers.contact import by
from clientela.console.customers.drawer import answered, pressed
from clientela.console.customers.opened import Family, of_family
from clientela.console.notes import written
from clientela.console.pages import FORM, SENT, page, show
from clientela.console.paging import Pages, key_of
from clientela.flows import keep_notes
from clientela.notes import queries as notes
from clientela.notes.rules import TAG_LENGTH_MAX, WORDS_LENGTH_MAX
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff

TAB = "customer-notes"


class NoteForm(forms.Form):
    words = forms.CharField(
        label=lazy("Note"), max_length=WORDS_LENGTH_MAX,
        widget=forms.Textarea(attrs={"rows": 6, "data-focus": ""}),
        help_text=lazy("Name a colleague after an @, and they find it among their tasks."),
    )  # fmt: skip


@page("customers.view", "notes.view")
@of_family
def notebook(request: HouseRequest, family: Family) -> HttpResponse:
    pages = Pages.of(request)
    rows = notes.notes_of(family, before=pages.moment_of_record())
    mentioned = notes.mentioned_in(rows)
    if mine := [id for id, people in mentioned.items() if request.actor.id in people]:
        keep_notes.read_mentions(mine, actor=request.actor, now=request.started_at)
    last = rows[-1] if len(rows) == notes.NOTES_SHOWN else None
    today = companies.current().today(request.started_at)
    set_here = notes.tasks_of(family)
    names = staff.names_of(written.people_in(rows, mentioned) | written.people_of(set_here))
    told = written.tasks(set_here, today=today, names=names)
    all_tags, carried = notes.tags_and_carried(family)
    context: dict[str, Any] = {
        "notes": written.notes(rows, mentioned, names=names), "tags": carried,
        "all_tags": all_tags,
        "tag_length": TAG_LENGTH_MAX,
        "tasks": [one for one in told if one["done_at"] is None],
        "done": [one for one in told if one["done_at"] is not None][:10],
        "files": notes.files_of(family), "here": request.path,
        **pages.links(key_of(last.written_at, last.id) if last else None),
    }  # fmt: skip
    return show(request, "console/notes/notebook.html",
                {**opened.header(request, family), **context})  # fmt: skip


@page("customers.view", "notes.write", methods=FORM)
@of_family
def new_note(request: HouseRequest, family: Family) -> HttpResponse:
    form = NoteForm(request.POST or None)
    return answered(
        request, family, form, title=_("Write a note"), name="note-form", tab=TAB,
        carry_out=lambda: keep_notes.write_note(
            family[0], form.cleaned_data["words"], **by(request)
        ),
        done=_("The note is written down."),
    )  # fmt: skip


@page("customers.view", "notes.write", methods=SENT)
@of_family
def remove_note(request: HouseRequest, family: Family, note_id: UUID) -> HttpResponse:
    return pressed(
        request, family, tab=TAB,
        carry_out=lambda: keep_notes.remove_note(family[0], note_id, **by(request)),
        done=_("The note is removed."),
    )  # fmt: skip


@page("customers.view", "notes.write", methods=SENT)
@of_family
def put_tag(request: HouseRequest, family: Family) -> HttpResponse:
    return pressed(
        request, family, tab=TAB,
        carry_out=lambda: keep_notes.put_tag(
            family[0], request.POST.get("tag", ""), **by(request)
        ),
        done=_("Saved."),
    )  # fmt: skip


@page("customers.view", "notes.write", methods=SENT)
@of_family
def take_tag(request: HouseRequest, family: Family, key: str) -> HttpResponse:
    return pressed(
        request, family, tab=TAB,
        carry_out=lambda: keep_notes.take_tag(family[0], key, **by(request)), done=_("Saved."),
    )  # fmt: skip
