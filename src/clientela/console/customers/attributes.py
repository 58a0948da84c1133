"""The typed fields of a profile type: as fields of a form, and as they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clientela.console.forms import UNSAID, country_field
from clientela.customers.models import Field
from clientela.customers.rules import FieldType
from clientela.platform.money import CURRENCIES, DECIMAL_MARKS, BadMoney, Money, exponent_of, parse
from clientela.ui import numbers
from clientela.ui.templatetags.ui import day, label, language, moment, money, number

PREFIX = "attributes."
YES_NO = (UNSAID, ("true", _("Yes")), ("false", _("No")))
TEXT_INPUTS: Mapping[FieldType, forms.Widget] = {
    FieldType.TEXT: forms.TextInput(),
    FieldType.NOTE: forms.Textarea(attrs={"rows": 3}),
    FieldType.INTEGER: forms.TextInput(attrs={"inputmode": "numeric"}),
    FieldType.DECIMAL: forms.TextInput(attrs={"inputmode": "decimal"}),
    FieldType.PERCENT: forms.TextInput(attrs={"inputmode": "decimal"}),
    FieldType.MONEY: forms.TextInput(attrs={"inputmode": "decimal"}),
    FieldType.DATE: forms.DateInput(attrs={"type": "date"}),
    FieldType.INSTANT: forms.TextInput(attrs={"placeholder": "2027-02-01T09:00+02:00"}),
    FieldType.LINK: forms.URLInput(),
    FieldType.CUSTOMER: forms.TextInput(attrs={"placeholder": "cus_…"}),
}


def form_fields(fields: Iterable[Field]) -> dict[str, forms.Field]:
    """A form's field for each that is in use, named as the flow names it."""
    return {PREFIX + field.key: form_field(field) for field in fields if field.retired_at is None}


def form_field(field: Field) -> forms.Field:
    """What it may hold is checked by the field's own rules, not here."""
    kind, words = FieldType(field.type), words_of(field)
    if kind is FieldType.CHOICE:
        return forms.ChoiceField(label=words, required=False, choices=[UNSAID, *_choices(field)])
    if kind is FieldType.CHOICES:
        boxes = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(
            label=words, required=False, choices=_choices(field), widget=boxes
        )
    if kind is FieldType.YES_NO:
        return forms.ChoiceField(label=words, required=False, choices=YES_NO)
    if kind is FieldType.COUNTRY:
        country = country_field()
        country.label = words
        return country
    return forms.CharField(label=words, required=False, widget=TEXT_INPUTS[kind])


def words_of(field: Field) -> str:
    return label(field.labels) or field.key


def _choices(field: Field) -> list[tuple[str, str]]:
    return [
        (choice["code"], label(choice.get("labels")) or choice["code"]) for choice in field.choices
    ]


def typed(fields: Iterable[Field], given: Mapping[str, Any], *, currency: str) -> dict[str, Any]:
    """The attributes of a form that was sent, by key; money is read in the reader's writing."""
    found = {}
    for field in fields:
        if (name := PREFIX + field.key) in given:
            value = given[name]
            found[field.key] = _money(value, currency) if field.type == FieldType.MONEY else value
    return found


def _money(written: str, currency: str) -> Any:
    """An amount; what cannot be read goes on as it is, to be refused at its field."""
    if not written.strip():
        return ""
    ending = written.strip()[-3:].upper()
    currency = ending if ending in CURRENCIES else currency
    try:
        amount = parse(written, currency, DECIMAL_MARKS.get((get_language() or "en")[:2]))
    except BadMoney:
        return written
    return {"minor": amount.minor, "currency": amount.currency}


def initial(fields: Iterable[Field], attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the form's fields when it is opened."""
    return {
        PREFIX + field.key: _written(FieldType(field.type), attributes[field.key])
        for field in fields
        if field.key in attributes
    }


def _written(kind: FieldType, value: Any) -> Any:
    if kind is FieldType.MONEY:
        amount = Money(value["minor"], value["currency"]).to_decimal()
        places = exponent_of(value["currency"])
        return f"{numbers.number(amount, language(), places=places)} {value['currency']}"
    if kind is FieldType.YES_NO:
        return "true" if value else "false"
    return value


def shown(field: Field, value: Any) -> str:
    """A stored value as people read it."""
    codes = value if isinstance(value, list) else [value]
    if field.choices:
        words = dict(_choices(field))
        return ", ".join(words.get(code, str(code)) for code in codes)
    as_read = READ.get(FieldType(field.type), str)
    return as_read(value)


READ: Mapping[FieldType, Callable[[Any], str]] = {
    FieldType.INTEGER: number,
    FieldType.DECIMAL: number,
    FieldType.PERCENT: lambda value: f"{number(value)}\u00a0%",
    FieldType.MONEY: money,
    FieldType.YES_NO: lambda value: str(_("Yes") if value else _("No")),
    FieldType.DATE: day,
    FieldType.INSTANT: moment,
}
