"""The typed fields of a profile type: as fields of a form, and as they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from clientela.console.forms import UNSAID, country_field
from clientela.customers.models import Field
from clientela.customers.rules import FieldType
from clientela.customers.rules.calculated import Calculated
from clientela.platform.money import CURRENCIES, DECIMAL_MARKS, BadMoney, Money, exponent_of, parse
from clientela.ui import numbers
from clientela.ui.templatetags.ui import day, label, language, moment, money, number

PREFIX = "attributes."
NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.PERCENT)
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
    made = _form_field(field, FieldType(field.type))
    made.label = words_with_unit(field)
    made.help_text = label(field.help)
    made.is_needed = bool(field.rules.get("required"))  # type: ignore[attr-defined]
    return made


def _form_field(field: Field, kind: FieldType) -> forms.Field:
    if kind is FieldType.CHOICE:
        return forms.ChoiceField(required=False, choices=[UNSAID, *_choices(field)])
    if kind is FieldType.CHOICES:
        boxes = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(required=False, choices=_choices(field), widget=boxes)
    if kind is FieldType.YES_NO:
        return forms.ChoiceField(required=False, choices=YES_NO)
    if kind is FieldType.COUNTRY:
        return country_field()
    return forms.CharField(required=False, widget=TEXT_INPUTS[kind])


def words_with_unit(field: Field) -> str:
    unit = label(field.unit)
    return f"{words_of(field)} ({unit})" if unit else words_of(field)


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
            found[field.key] = _typed(FieldType(field.type), given[name], currency)
    return found


def _typed(kind: FieldType, value: Any, currency: str) -> Any:
    if kind is FieldType.MONEY:
        return _money(value, currency)
    if kind in NUMBERS and isinstance(value, str) and value.strip():
        try:
            return numbers.read(value, language())
        except ValueError:
            return value.replace(".", ",")  # what could be a thousand is refused, not guessed
    return value


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


def defaults(fields: Iterable[Field]) -> dict[str, Any]:
    """What stands in the form of a new record before anybody has typed."""
    listed = [field for field in fields if field.default_value is not None]
    return initial(listed, {field.key: field.default_value for field in listed})


def _written(kind: FieldType, value: Any) -> Any:
    if kind is FieldType.MONEY:
        amount = Money(value["minor"], value["currency"]).to_decimal()
        places = exponent_of(value["currency"])
        return f"{numbers.number(amount, language(), places=places)} {value['currency']}"
    if kind is FieldType.YES_NO:
        return "true" if value else "false"
    if kind in NUMBERS and isinstance(value, int | Decimal):
        plain = f"{value:f}" if isinstance(value, Decimal) else str(value)
        return plain.replace(".", DECIMAL_MARKS.get(language(), "."))
    return value


def shown(field: Field, value: Any) -> str:
    """A stored value as people read it."""
    codes = value if isinstance(value, list) else [value]
    if field.choices:
        words = dict(_choices(field))
        return ", ".join(words.get(code, str(code)) for code in codes)
    as_read = READ.get(FieldType(field.type), str)
    try:
        read = as_read(value)
    except (AttributeError, TypeError, ValueError, KeyError, ArithmeticError):
        return str(value)  # an old value that is not of the field's type
    unit = label(field.unit)
    return f"{read}\u00a0{unit}" if unit else read


def told(one: Calculated, value: int) -> str:
    """A calculated value with its unit."""
    count = {"count": number(value)}
    match one.unit:
        case "years":
            return ngettext("%(count)s year", "%(count)s years", value) % count
        case "months":
            return ngettext("%(count)s month", "%(count)s months", value) % count
        case "days":
            return ngettext("%(count)s day", "%(count)s days", value) % count
    return number(value)


READ: Mapping[FieldType, Callable[[Any], str]] = {
    FieldType.INTEGER: number,
    FieldType.DECIMAL: number,
    FieldType.PERCENT: lambda value: f"{number(value)}\u00a0%",
    FieldType.MONEY: money,
    FieldType.YES_NO: lambda value: str(_("Yes") if value else _("No")),
    FieldType.DATE: day,
    FieldType.INSTANT: moment,
}
