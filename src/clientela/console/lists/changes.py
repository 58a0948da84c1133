"""One field changed for everybody in a list: asked, looked at, run, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clientela.console import once
from clientela.console.customers import attributes
from clientela.console.forms import UNSAID, country_field, languages
from clientela.console.lists import cells, filters, pages
from clientela.console.pages import FORM, SENT, page, see, show
from clientela.customers.bulk import queries
from clientela.customers.bulk.models import BulkChange, BulkRow
from clientela.customers.faults import sentence
from clientela.customers.models import Field
from clientela.customers.rules import FaultCode, FieldFault
from clientela.flows import jobs
from clientela.flows.lists import bulk, bulk_tags
from clientela.flows.lists.state import ListState, of_query
from clientela.notes import queries as notes
from clientela.notes.rules import TAG_LENGTH_MAX
from clientela.platform import transactions
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff

UNSETTLED = (BulkChange.State.CHECKING, BulkChange.State.RUNNING, BulkChange.State.UNDOING)
OUTCOMES: Mapping[str, str | Promise] = {
    "waiting": _("Not looked at yet"), "ready": _("Would change"), "unchanged": _("Has it already"),
    "refused": _("Refused"), "changed": _("Changed"), "undone": _("Put back"),
    "kept": _("Touched since, kept"),
}  # fmt: skip
PLAIN = {"language": _("Language"), "country": _("Country"), "tags.put": _("Put a tag on"),
         "tags.take": _("Take a tag off")}  # fmt: skip
REFUSALS: Mapping[str, str | Promise] = {
    "merged-meanwhile": _("Merged meanwhile"), "restricted": _("The record is restricted"),
    "too-many-tags": _("Carries too many tags already"),
}  # fmt: skip


class ChangeForm(forms.Form):
    """Which field, then its new value; an empty one empties the field."""

    target = forms.ChoiceField(label=_("Field"))

    def __init__(
        self, fields: list[Field], target: str, given: Any = None, *, with_tags: bool = True
    ) -> None:
        super().__init__(given)
        known = {field.key: field for field in fields}
        named = [(key, attributes.words_of(field)) for key, field in known.items()]
        plain = [it for it in PLAIN.items() if with_tags or it[0] not in bulk_tags.TARGETS]
        choices: list[Any] = [UNSAID, *plain, *sorted(named, key=lambda one: one[1])]
        target_field = self.fields["target"]
        assert isinstance(target_field, forms.ChoiceField)
        target_field.choices = choices
        self.initial = {"target": target}
        self.chosen = known.get(target)
        value = self._value_field(target)
        if value is not None:
            is_tag = target in bulk_tags.TARGETS
            value.label = _("Tag") if is_tag else _("New value")
            value.help_text = "" if is_tag else _("Leave it empty to empty the field.")
            value.required = is_tag
            self.fields["value"] = value

    def _value_field(self, target: str) -> forms.Field | None:
        if target == "language":
            return forms.ChoiceField(choices=[UNSAID, *languages()])
        if target == "country":
            return country_field()
        if target == bulk_tags.PUT:
            return forms.CharField(max_length=TAG_LENGTH_MAX)
        if target == bulk_tags.TAKE:
            return forms.ChoiceField(choices=[(tag.name, tag.name) for tag in notes.tags()])
        return attributes.form_field(self.chosen) if self.chosen else None

    def value(self, *, currency: str) -> Any:
        """As the flow wants it; money is read in the reader's writing."""
        if self.chosen is None:
            return self.cleaned_data.get("value")
        name = attributes.PREFIX + self.chosen.key
        given = {name: self.cleaned_data.get("value")}
        return attributes.typed([self.chosen], given, currency=currency)[self.chosen.key]


@page("customers.view", bulk.RIGHT, methods=FORM)
def new(request: HouseRequest) -> HttpResponse:
    """Choose a field and its value for the list that the address holds."""
    state = of_query(request.GET.dict())
    fields = bulk.targets(state, actor=request.actor)
    target = request.POST.get("target") or request.GET.get("target", "")
    given = request.POST if request.method == "POST" and "value" in request.POST else None
    form = ChangeForm(fields, target, given, with_tags=request.actor.may(bulk_tags.RIGHT))
    if given is not None and form.is_valid():
        answer = once.send(request, form, lambda: _ask(request, state, form))
        if answer is not None:
            return answer
    read = pages.reading_of(request, state)
    context = {
        "form": form, "target": target, "count": read.count(),
        "parts": [part.words for part in filters.parts(read.known, state)],
        "kinds": [] if state.kind else list(read.known.kinds.values()),
        "list_url": f"{reverse('console:customers')}?{urlencode(state.as_query())}",
        "hidden": list(state.as_query().items()),
    }  # fmt: skip
    return show(request, "console/lists/change_new.html", context)


@page("customers.view", bulk.RIGHT)
def listed(request: HouseRequest) -> HttpResponse:
    """The latest changes of lists."""
    changes = queries.latest()
    by = staff.names_of({change.asked_by for change in changes})
    rows = [{**_words(request, change), "by": by.get(change.asked_by, "")} for change in changes]
    return show(request, "console/lists/changes.html", {"rows": rows})


@page("customers.view", bulk.RIGHT)
def shown(request: HouseRequest, change_id: UUID) -> HttpResponse:
    """How far a change is; a part of the page while it is worked on."""
    change = queries.get(change_id)
    is_part = "HX-Request" in request.headers
    template = "change_state.html" if is_part else "change.html"
    refused = queries.examples(change_id, BulkRow.Outcome.REFUSED)
    context = {
        **_words(request, change),
        "counts": [
            {"words": words, "count": change.counts[code], "code": code}
            for code, words in OUTCOMES.items() if change.counts.get(code)
        ],
        "refused": [
            {"id": row.customer_id, "name": name, "words": _refusal(change, row.code)}
            for row, name in refused
        ],
        "ready": change.counts.get("ready", 0), "changed": change.counts.get("changed", 0),
    }  # fmt: skip
    return show(request, f"console/lists/{template}", context)


@page("customers.view", bulk.RIGHT, methods=SENT, shown_on="console:customers")
def run(request: HouseRequest, change_id: UUID) -> HttpResponse:
    return _step(request, change_id, "run")


@page("customers.view", bulk.RIGHT, methods=SENT, shown_on="console:customers")
def reverse_it(request: HouseRequest, change_id: UUID) -> HttpResponse:
    return _step(request, change_id, "undo")


def _refusal(change: BulkChange, code: str) -> str:
    """Why a value is refused; the bare code where the sentence needs more than that."""
    if code in REFUSALS:
        return str(REFUSALS[code])
    try:
        return sentence(FieldFault(change.target, cast(FaultCode, code), {}))
    except KeyError:
        return code


def _step(request: HouseRequest, change_id: UUID, step: str) -> HttpResponse:
    """Queued with the state it begins; pressed twice it is one step."""

    def queue() -> str:
        with transactions.open():
            bulk.start(change_id, step, now=request.started_at)
            jobs.queue_bulk_change(change_id, step, actor=request.actor.id)
        return reverse("console:bulk", args=[change_id])

    return see(once.sent(request, queue).body.decode())


def _ask(request: HouseRequest, state: ListState, form: ChangeForm) -> str:
    value = form.value(currency=companies.current().currency)
    with transactions.open():
        change = bulk.ask(
            state, target=form.cleaned_data["target"], value=value, actor=request.actor,
            now=request.started_at,
        )  # fmt: skip
        jobs.queue_bulk_change(change.id, "check", actor=request.actor.id)
    return reverse("console:bulk", args=[change.id])


def _words(request: HouseRequest, change: BulkChange) -> dict[str, Any]:
    """A change as people read it: the field, the value, and of whom."""
    state = bulk.list_of(change)
    known = pages.reading_of(request, ListState(kind=state.kind)).known
    field = known.fields.get(f"customer.{change.target}", [None])[0]
    value = "" if change.value is None else str(change.value)
    if field is not None and change.value is not None:
        value = attributes.shown(field, change.value)
    elif change.target == "language" and change.value:
        value = cells.choice_words(known, known.catalogue.facts["customer.language"], change.value)
    node = known.read(state.filter)
    return {
        "change": change, "id": change.public_id, "value": value,
        "field": attributes.words_of(field) if field else PLAIN.get(change.target, change.target),
        "of_whom": cells.sentence(known, node) if node is not None else "",
        "is_running": change.state in UNSETTLED,
    }  # fmt: skip
