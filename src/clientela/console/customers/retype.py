"""A customer is moved to another profile type; what would become invalid stands there first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.customers import attributes
from clientela.console.customers.opened import Family, of_family
from clientela.console.once import send
from clientela.console.pages import FORM, page, show
from clientela.customers import queries as customers
from clientela.customers.definitions import queries as definitions
from clientela.customers.models import Customer, ProfileType
from clientela.customers.sight import present
from clientela.flows.shapes import retyping
from clientela.flows.shapes.retyping import Preview
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label


class RetypeForm(forms.Form):
    """The type, and what it needs; `drop` are values that have no place in it."""

    type = forms.ChoiceField(label=lazy("Profile type"))
    drop = forms.MultipleChoiceField(
        label=lazy("Let go"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=lazy("The new type has no field for these values. They stay in the history."),
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: list[ProfileType], seen: Preview | None, **kw: Any):
        super().__init__(*args, **kw)
        self.seen = seen
        self.fields["type"].choices = [  # type: ignore[attr-defined]
            (kind.key, label(kind.labels)) for kind in kinds
        ]
        self.fields["type"].widget.attrs |= {
            "hx-get": "", "hx-target": "[data-ui=retype]", "hx-select": "[data-ui=retype]",
            "hx-swap": "outerHTML", "hx-trigger": "change",
        }  # fmt: skip
        if seen is None:
            del self.fields["drop"]
            return
        known, of = retyping.fields_of(seen), seen.customer.profile_type.key
        self.fields["drop"].choices = [  # type: ignore[attr-defined]
            (key, f"{_words(known, key)}: {_shown(known, key, value, of=of)}")
            for key, value in seen.lost.items()
        ]
        if not seen.lost:
            del self.fields["drop"]
        wanted = {fault.field for fault in seen.invalid}
        self.asked = [field for field in seen.to.fields.all() if field.key in wanted]
        self.fields.update(attributes.form_fields(self.asked))

    def values(self) -> dict[str, Any]:
        if self.seen is None:
            return {}
        currency = companies.current().currency
        given = attributes.typed(self.asked, self.cleaned_data, currency=currency)
        return {key: value for key, value in given.items() if value not in ("", [])}


@page("customers.view", "customers.edit", methods=FORM)
@of_family
def retype(request: HouseRequest, family: Family) -> HttpResponseBase:
    customer = customers.get(family[0])
    kinds = [
        kind for kind in definitions.types()
        if kind.retired_at is None and kind.pk != customer.profile_type_id
    ]  # fmt: skip
    form = _form(request, customer, kinds)
    if request.method == "POST" and form.is_valid():
        answer = send(request, form, lambda: _move(request, customer, form))
        if answer:
            return answer
    context = {
        "customer": {"id": customer.public_id, "name": customer.display_name},
        "present": label(customer.profile_type.labels), "form": form, "seen": form.seen,
        "kept": len(form.seen.kept) if form.seen else 0, "kinds": kinds,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return show(request, "console/customers/retype.html", context, status=status)


def _form(request: HouseRequest, customer: Customer, kinds: list[ProfileType]) -> RetypeForm:
    given = request.POST if request.method == "POST" else request.GET
    wanted = given.get("type", kinds[0].key if kinds else "")
    known = {kind.key for kind in kinds}
    seen = None
    if wanted in known:
        seen = retyping.preview(customer.id, wanted, actor=request.actor, now=request.started_at)
    data = request.POST if request.method == "POST" else None
    return RetypeForm(data, kinds=kinds, seen=seen, initial={"type": wanted})


def _move(request: HouseRequest, customer: Customer, form: RetypeForm) -> str:
    given = form.cleaned_data
    retyping.move(
        customer.id, given["type"], values=form.values(), drop=given.get("drop", []),
        version=customer.version, actor=request.actor, now=request.started_at,
        request=request.request_id,
    )  # fmt: skip
    messages.success(request, _("The customer has another profile type now."))
    return reverse("console:customer", args=[customer.id])


def _words(known: dict[str, Any], key: str) -> str:
    return attributes.words_of(known[key]) if key in known else key


def _shown(known: dict[str, Any], key: str, value: Any, *, of: str) -> str:
    if not present().shows(of, key):
        return "••••"
    return attributes.shown(known[key], value) if key in known else str(value)
