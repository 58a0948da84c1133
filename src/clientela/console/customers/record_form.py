"""The form of a customer's record: who it is, how to be found, and the fields of its type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clientela.console.customers import attributes
from clientela.console.customers.phones import PhoneField, e164
from clientela.console.forms import UNSAID, EmailField, country_field, languages, name_field
from clientela.customers import queries, rules, sight
from clientela.customers.faults import sentence
from clientela.customers.models import Customer, Field, Identity, ProfileType
from clientela.flows.register_customer import Details
from clientela.staff.company import Company
from clientela.ui import words
from clientela.ui.templatetags.ui import label, phone

PLAIN = ("name", "language", "country")
PREFIX = attributes.PREFIX


class RecordForm(forms.Form):
    """Fields common to a new customer and to one that is changed."""

    name = name_field()
    language = forms.ChoiceField(label=_("Language"), required=False)
    country = country_field()

    def __init__(
        self, *args: Any, kind: ProfileType, company: Company, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.company, self.now = kind, company, now
        seeing = sight.present()
        self.listed: list[Field] = [
            field for field in kind.fields.all() if seeing.edits(kind.key, field.key)
        ]
        self.masked = {
            attributes.PREFIX + one.key for one in self.listed if seeing.masks(kind.key, one.key)
        }
        self.before: dict[str, Any] = {}
        self.fields["language"].choices = [UNSAID, *languages()]  # type: ignore[attr-defined]
        self.fields.update(attributes.form_fields(self.listed))
        for name in self.masked & set(self.fields):
            self.fields[name].help_text = _("Not shown. Leave it empty to keep what is there.")

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields as they are shown: what everybody has, then group after group, by name."""
        groups = {PREFIX + field.key: field.group_key for field in self.listed}
        named = {one["key"]: label(one["labels"]) for one in self.kind.groups}
        found: dict[str, list[forms.BoundField]] = {"": [], **{key: [] for key in named}}
        for bound in self:
            key = groups.get(bound.name, "")
            found[key if key in named else ""].append(bound)
        return [(named.get(key, ""), listed) for key, listed in found.items() if listed]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        country = given.get("country") or self.company.country
        if given.get("phone"):
            try:
                self.number = e164(given["phone"], country=country)
            except forms.ValidationError as wrong:
                self.add_error("phone", wrong)
        for fault in self._faults(given):
            self.add_error(attributes.PREFIX + fault.field, sentence(fault))
        return given

    def attributes(self) -> dict[str, Any]:
        return self._typed(self.cleaned_data)

    def _typed(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return attributes.typed(self.listed, given, currency=self.company.currency)

    def _faults(self, given: Mapping[str, Any]) -> Iterable[rules.FieldFault]:
        """By the same rules as the flow's, all at once; those without a field there is shown."""
        typed = {
            key: value
            for key, value in self._typed(given).items()
            if value or attributes.PREFIX + key not in self.masked
        }
        known = queries.definitions_of(self.kind.fields.all())
        _state, faults = rules.check(
            known, typed, previous=self.before, now=self.now, today=self.today()
        )
        told = rules.told_to(faults, known, partial(sight.present().shows, self.kind.key))
        return [fault for fault in told if attributes.PREFIX + fault.field in self.fields]

    def today(self) -> date:
        return self.company.today(self.now)


class NewForm(RecordForm):
    """A customer to be written down. The type decides which fields there are."""

    type = forms.ChoiceField(label=_("Kind"))
    phone = PhoneField(label=_("Phone"), required=False)
    email = EmailField(required=False)
    number = ""
    field_order = ("type", "name", "phone", "email", "language", "country")

    def __init__(self, *args: Any, kinds: Sequence[ProfileType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**attributes.defaults(self.listed), **self.initial}
        of_type = self.fields["type"]
        of_type.choices = [  # type: ignore[attr-defined]
            (kind.key, label(kind.labels) or kind.key) for kind in kinds
        ]
        of_type.initial = self.kind.key
        of_type.widget.attrs |= {
            "hx-post": "", "hx-vals": '{"redraw": "1"}', "hx-target": "[data-ui=customer-new]",
            "hx-select": "[data-ui=customer-new]", "hx-swap": "outerHTML",
        }  # fmt: skip

    def details(self) -> Details:
        given = self.cleaned_data
        return Details(
            name=given["name"], profile_type=self.kind.key, language=given["language"],
            country=given["country"], attributes=self.attributes(),
            phones=[given["phone"]] if given["phone"] else [],
            emails=[given["email"]] if given["email"] else [],
        )  # fmt: skip


class EditForm(RecordForm):
    """A record as it was read at `version`; what it held then travels in `before`."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    before_shown = forms.CharField(widget=forms.HiddenInput, required=False)
    touching = forms.CharField(widget=forms.HiddenInput, required=False)
    withdraw = forms.MultipleChoiceField(
        label=_("Take away"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Numbers and addresses this customer is no longer found by."),
    )  # fmt: skip
    phone = PhoneField(label=_("Another phone"), required=False)
    email = EmailField(label=_("Another e-mail"), required=False)
    number = ""

    def __init__(
        self, *args: Any, customer: Customer, identities: Iterable[Identity], **kwargs: Any
    ) -> None:
        held = held_by(customer, list(customer.profile_type.fields.all()))
        kwargs["initial"] = {
            **held, "version": customer.version, "before_shown": json.dumps(held),
        }  # fmt: skip
        super().__init__(*args, kind=customer.profile_type, **kwargs)
        self.customer = customer
        self.before = customer.attributes
        choices = [(str(one.id), _words(one)) for one in identities]
        self.fields["withdraw"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["withdraw"]
        self.order_fields(["name", "withdraw", "phone", "email", "language", "country"])
        self._keep_choices(held)

    def _keep_choices(self, held: Mapping[str, Any]) -> None:
        """A stored code that is no choice any more stays one for this record."""
        for name, value in held.items():
            choices = getattr(self.fields.get(name), "choices", None)
            if value and isinstance(value, str) and choices and value not in dict(choices):
                self.fields[name].choices = [*choices, (value, value)]  # type: ignore[attr-defined]

    def read(self) -> dict[str, Any]:
        """The values as they stood when the form was opened."""
        try:
            before = json.loads(self.cleaned_data.get("before_shown") or "{}")
        except ValueError:
            before = {}
        return before if isinstance(before, dict) else {}

    def changed_names(self) -> list[str]:
        """Fields in which something else stands now than when the form was opened."""
        before = self.read()
        names = [name for name in self.fields if is_value(name)]
        return [name for name in names if self.cleaned_data.get(name) != before.get(name, "")]

    def details(self, names: Iterable[str]) -> Details:
        """Only these fields are changed, and what was added."""
        given, changed = self.cleaned_data, set(names)
        typed = self.attributes()
        return Details(
            name=given["name"] if "name" in changed else None,
            language=given["language"] if "language" in changed else None,
            country=given["country"] if "country" in changed else None,
            attributes={
                key: value for key, value in typed.items() if attributes.PREFIX + key in changed
            },
            phones=[given["phone"]] if given["phone"] else [],
            emails=[given["email"]] if given["email"] else [],
        )  # fmt: skip

    def withdrawn(self) -> list[UUID]:
        return [UUID(id) for id in self.cleaned_data.get("withdraw", ())]


def is_value(name: str) -> bool:
    return name in PLAIN or name.startswith(attributes.PREFIX)


def held_by(customer: Customer, fields: Sequence[Field]) -> dict[str, Any]:
    """What the record holds, as the fields of the form write it."""
    plain = {
        "name": customer.display_name, "language": customer.language, "country": customer.country,
    }  # fmt: skip
    seen = sight.present().visible(customer.profile_type.key, customer.attributes)
    typed = attributes.initial(fields, seen)
    return {**plain, **{name: _jsonable(value) for name, value in typed.items()}}


def _jsonable(value: Any) -> Any:
    return value if isinstance(value, list) else str(value)


def _words(identity: Identity) -> str:
    shown = phone(identity.value_norm) if identity.kind == "phone" else identity.value_shown
    return f"{words.of(identity.kind, 'identity')}: {shown}"
