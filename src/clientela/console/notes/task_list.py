"""What is to be done, by whom, until when: one's own list, everybody's, and each task's form."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers.contact import by
from clientela.console.customers.drawer import answered, date_field
from clientela.console.customers.opened import Family, of_family
from clientela.console.notes import written
from clientela.console.once import sent
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.console.paging import Pages
from clientela.customers import queries as customers
from clientela.flows import keep_notes
from clientela.notes import queries as notes
from clientela.notes.models import Task
from clientela.notes.rules import TASK_LENGTH_MAX
from clientela.platform.errors import NotThere
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies

TAB = "customer-notes"
EVERYBODY = "all"


class TaskForm(forms.Form):
    words = forms.CharField(
        label=lazy("What is to be done"), max_length=TASK_LENGTH_MAX,
        widget=forms.TextInput(attrs={"data-focus": ""}),
    )  # fmt: skip
    due_on = date_field(lazy("Until"))
    owner = forms.ChoiceField(label=lazy("By whom"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        people = [(one.id, one.name) for one in keep_notes.owners()]
        self.fields["owner"] = forms.ChoiceField(label=lazy("By whom"), choices=people)
        self.fields["due_on"].required = True


@page("customers.view", "notes.view")
def tasks(request: HouseRequest) -> HttpResponse:
    """Mine, or everybody's; and the notes that name me."""
    whose = request.GET.get("whose", "")
    mine = "" if whose == EVERYBODY else request.actor.id
    pages = Pages.of(request)
    rows = notes.open_tasks(owner=mine, after=_key(pages.before))
    called = customers.names_of(row.customer_id for row in rows)
    named = notes.mentions_of(request.actor.id) if not pages.before else []
    today = companies.current().today(request.started_at)
    last = rows[-1] if len(rows) == notes.TASKS_SHOWN else None
    context = {
        "tasks": written.tasks(rows, today=today, customers=called),
        "everybody": whose == EVERYBODY, "mentions": _mentions(named), "here": request.path,
        **pages.links(f"{last.due_on:%Y%m%d}-{last.id.hex}" if last else None),
    }  # fmt: skip
    return show(request, "console/notes/tasks.html", context)


@page("customers.view", "notes.write", methods=SENT)
def read_mentions(request: HouseRequest) -> HttpResponse:
    def carry_out() -> str:
        ids = [note.id for _mention, note in notes.mentions_of(request.actor.id)]
        keep_notes.read_mentions(ids, actor=request.actor, now=request.started_at)
        return reverse("console:tasks")

    return see(sent(request, carry_out).body.decode())


@page("customers.view", "notes.write", methods=FORM)
@of_family
def new_task(request: HouseRequest, family: Family) -> HttpResponse:
    today = companies.current().today(request.started_at)
    form = TaskForm(request.POST or None, initial={"owner": request.actor.id, "due_on": today})
    return answered(
        request, family, form, title=_("Set a task"), name="task-form", tab=TAB,
        carry_out=lambda: keep_notes.set_task(family[0], **form.cleaned_data, **by(request)),
        done=_("The task is set."),
    )  # fmt: skip


@page("customers.view", "notes.write", methods=FORM)
def edit_task(request: HouseRequest, task_id: UUID) -> HttpResponse:
    task = notes.task(task_id)
    first = {"words": task.words, "due_on": task.due_on, "owner": task.owner}
    form = TaskForm(request.POST or None, initial=first)
    return answered(
        request, _family(task), form, title=_("Change the task"), name="task-form", tab=TAB,
        carry_out=lambda: keep_notes.change_task(task_id, **form.cleaned_data, **by(request)),
        done=_("Saved."),
    )  # fmt: skip


@page("customers.view", "notes.write", methods=SENT)
def finish(request: HouseRequest, task_id: UUID) -> HttpResponse:
    task = notes.task(task_id)

    def carry_out() -> str:
        keep_notes.finish_task(task_id, **by(request))
        messages.success(request, _("Done."))
        return _back(request, task)

    return see(sent(request, carry_out).body.decode())


@page("customers.view", "notes.write", methods=SENT)
def reopen(request: HouseRequest, task_id: UUID) -> HttpResponse:
    task = notes.task(task_id)

    def carry_out() -> str:
        keep_notes.reopen_task(task_id, **by(request))
        messages.success(request, _("The task is open again."))
        return _back(request, task)

    return see(sent(request, carry_out).body.decode())


def waiting(request: HouseRequest) -> list[dict[str, Any]]:
    """What waits for whoever looks at the first page: tasks due, notes that name them."""
    if not (request.actor.may("notes.view") and request.actor.may("customers.view")):
        return []
    today = companies.current().today(request.started_at)
    due, named = (
        notes.due_count(request.actor.id, today=today),
        notes.mentions_count(request.actor.id),
    )
    found: list[dict[str, Any]] = []
    url = reverse("console:tasks")
    if due:
        found.append({"words": _("Tasks due today or late"), "more": str(due), "url": url,
                      "icon": "clipboard-list"})  # fmt: skip
    if named:
        found.append({"words": _("Notes that mention you"), "more": str(named), "url": url,
                      "icon": "at"})  # fmt: skip
    return found


def _mentions(named: list[Any]) -> list[dict[str, Any]]:
    rows = [note for _mention, note in named]
    called = customers.names_of(row.customer_id for row in rows)
    told = written.notes(rows, {})
    return [
        {**one, "customer": row.customer_id, "name": called.get(row.customer_id, "")}
        for one, row in zip(told, rows, strict=True)
    ]


def _family(task: Task) -> Family:
    family = customers.family_of(task.customer_id)
    if not family:
        raise notes.NoSuchTask
    return family


def _back(request: HouseRequest, task: Task) -> str:
    """To the list, where the button stood there; else to the customer."""
    if request.POST.get("back") == reverse("console:tasks"):
        return reverse("console:tasks")
    return reverse(f"console:{TAB}", args=[_family(task)[0]])


def _key(before: str) -> tuple[date, UUID] | None:
    if not before:
        return None
    day, _mark, record = before.partition("-")
    try:
        return date.fromisoformat(day), UUID(hex=record)
    except ValueError:
        raise NotThere from None
