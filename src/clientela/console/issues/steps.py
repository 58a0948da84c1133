"""Steps on an issue, each a small form: in the drawer, and at an address of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.issues import forms
from clientela.console.issues.issue import promise_words
from clientela.console.once import send
from clientela.console.pages import FORM, page, show
from clientela.flows import handle_issue as handling
from clientela.flows import promise as promising
from clientela.issues import queries as issue_reads
from clientela.issues.models import RUNNING, Issue
from clientela.platform import ids
from clientela.platform.errors import NotThere
from clientela.platform.http.requests import HouseRequest
from clientela.staff import queries as staff

INVALID = 422
ANSWER = ("issues.view", "issues.answer")


@page(*ANSWER, switch="issues", methods=FORM)
def assign(request: HouseRequest, number: int) -> HttpResponse:
    issue = issue_reads.get(number)
    owner = ids.public("per", issue.owner_id) if issue.owner_id else ""
    form = forms.AssignForm(
        request.POST or None, people=[one for one in staff.people() if one.is_active],
        queues=issue_reads.queues(), initial={"owner": owner, "queue": issue.queue.key},
    )  # fmt: skip

    def carry_out() -> None:
        given = form.cleaned_data
        handling.assign_issue(number, owner_id=form.owner(), queue=given["queue"],
                              why=given["why"], **_by(request))  # fmt: skip

    return _step(request, issue, form, carry_out, title=_("Assign"), submit=_("Assign"))


@page(*ANSWER, switch="issues", methods=FORM)
def state(request: HouseRequest, number: int) -> HttpResponse:
    issue = issue_reads.get(number)
    wanted = RUNNING if issue.is_running else ("resolved", "closed")
    states = [one for one in issue_reads.states() if one.category in wanted]
    form = forms.StateForm(request.POST or None, states=states, initial={"state": issue.state_id})

    def carry_out() -> None:
        handling.set_issue_state(number, form.cleaned_data["state"], **_by(request))

    return _step(request, issue, form, carry_out, title=_("State"), submit=_("Set the state"))


@page(*ANSWER, switch="issues", methods=FORM)
def promise(request: HouseRequest, number: int) -> HttpResponse:
    """What by when; to whom is clear, and by whom too."""
    issue = issue_reads.get(number)
    form = forms.PromiseForm(request.POST or None)

    def carry_out() -> None:
        new = form.promise()
        assert new is not None
        promising.promise_on_issue(number, new, **_by(request))

    return _step(request, issue, form, carry_out, title=_("Promise"), submit=_("Promise it"))


@page(*ANSWER, switch="issues", methods=FORM)
def resolve(request: HouseRequest, number: int) -> HttpResponse:
    """How it ended: outcome, cause, what was done."""
    issue = issue_reads.get(number)
    form = forms.ResolveForm(request.POST or None, causes=issue_reads.causes())

    def carry_out() -> None:
        handling.resolve_issue(number, form.ending(), tell_customer=form.cleaned_data[
            "tell_customer"], **_by(request))  # fmt: skip

    return _step(request, issue, form, carry_out, title=_("Resolve"), submit=_("Resolve"))


@page(*ANSWER, switch="issues", methods=FORM)
def reopen(request: HouseRequest, number: int) -> HttpResponse:
    issue = issue_reads.get(number)
    form = forms.ReasonForm(request.POST or None)

    def carry_out() -> None:
        handling.reopen_issue(number, reason=form.cleaned_data["reason"], **_by(request))

    return _step(request, issue, form, carry_out, title=_("Open again"), submit=_("Open again"))


@page(*ANSWER, switch="issues", methods=FORM)
def complaint(request: HouseRequest, number: int) -> HttpResponse:
    """Said once, it stays; who said so and when is kept."""
    issue = issue_reads.get(number)

    def carry_out() -> None:
        handling.mark_complaint(number, **_by(request))

    about = _("While a complaint is open nothing is offered to the customer.")
    return _step(request, issue, Form(request.POST or None), carry_out, about=about,
                 title=_("Mark as a complaint"), submit=_("It is a complaint"))  # fmt: skip


@page(*ANSWER, switch="issues", methods=FORM)
def keep(request: HouseRequest, promise_id: UUID) -> HttpResponse:
    found, issue = _promised(promise_id)

    def carry_out() -> None:
        promising.keep(promise_id, **_by(request))

    return _step(request, issue, Form(request.POST or None), carry_out,
                 about=promise_words(found), title=_("Was it done?"),
                 submit=_("It was done"))  # fmt: skip


@page(*ANSWER, switch="issues", methods=FORM)
def move(request: HouseRequest, promise_id: UUID) -> HttpResponse:
    """Another time for a promise; the old time and the reason stay on record."""
    found, issue = _promised(promise_id)
    form = forms.MoveForm(request.POST or None, initial={"due_at": forms.local_text(found.due_at)})

    def carry_out() -> None:
        given = form.cleaned_data
        promising.move(promise_id, due_at=given["due_at"], reason=given["reason"], **_by(request))

    return _step(request, issue, form, carry_out, about=promise_words(found),
                 title=_("Move the promise"), submit=_("Move it"))  # fmt: skip


@page("issues.view", "issues.release_promise", switch="issues", methods=FORM)
def release(request: HouseRequest, promise_id: UUID) -> HttpResponse:
    """The customer lets us off, or it makes no sense any more."""
    found, issue = _promised(promise_id)
    form = forms.ReasonForm(request.POST or None)

    def carry_out() -> None:
        promising.release(promise_id, reason=form.cleaned_data["reason"], **_by(request))

    return _step(request, issue, form, carry_out, about=promise_words(found),
                 title=_("Release the promise"), submit=_("Release it"))  # fmt: skip


def _step(
    request: HouseRequest, issue: Issue, form: Form, carry_out: Callable[[], None], *,
    title: str, submit: str, about: str = "",
) -> HttpResponse:  # fmt: skip
    """Show the form, in the drawer or alone; carried out, the issue is shown again."""
    back = reverse("console:issue", args=[issue.number])

    def done() -> str:
        carry_out()
        messages.success(request, _("Saved."))
        return back

    if request.method == "POST" and (form.is_valid() or not form.fields):
        answer = send(request, form, done)
        if answer is not None:
            return answer
    context: Mapping[str, Any] = {
        "issue": issue, "form": form, "title": title, "submit": submit, "about": about,
        "cancel": back, "address": request.path,
    }  # fmt: skip
    part = "HX-Request" in request.headers and request.method != "POST"
    template = "console/issues/step_drawer.html" if part else "console/issues/step.html"
    return show(request, template, context, status=INVALID if form.is_bound else 200)


def _promised(promise_id: UUID) -> tuple[Any, Issue]:
    found = issue_reads.promise(promise_id)
    if found.issue_id is None:
        raise NotThere
    return found, issue_reads.by_id(found.issue_id, customer_id=found.customer_id)


def _by(request: HouseRequest) -> dict[str, Any]:
    return {
        "actor": request.actor, "now": request.started_at, "request": request.request_id,
    }  # fmt: skip
