"""The form of one field: what it is called, what it takes, when it is needed, what it is marked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from clientela.console.forms import UNSAID
from clientela.console.profiles import words
from clientela.console.profiles.type_forms import label_fields, labels_from, labels_into
from clientela.customers import data_classes
from clientela.customers.models import Field, ProfileType
from clientela.customers.rules import FieldType, shapes
from clientela.customers.rules.expressions import NOT_FILTERABLE, SEARCHABLE, UNIQUE
from clientela.customers.rules.shapes import FieldShape
from clientela.platform import money
from clientela.staff import company as companies
from clientela.ui import numbers
from clientela.ui.templatetags.ui import label, language

Made = Iterator[tuple[str, forms.Field]]
NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.PERCENT)
TEXTS = (FieldType.TEXT, FieldType.NOTE)
CHOOSING = (FieldType.CHOICE, FieldType.CHOICES)
WHOLE = {
    **dict.fromkeys(TEXTS, (("min_length", lazy("At least so many signs")),
                            ("max_length", lazy("At most so many signs")))),
    FieldType.CHOICES: (("min_count", lazy("At least so many")),
                        ("max_count", lazy("At most so many"))),
    **dict.fromkeys((FieldType.DECIMAL, FieldType.PERCENT), (("scale", lazy("Decimals")),)),
}  # fmt: skip
BOUNDED = (*NUMBERS, FieldType.DATE, FieldType.INSTANT)
BOUNDS = (("min", lazy("The least")), ("max", lazy("The most")))
SEPARATOR = "|"


class FieldForm(forms.Form):
    """A field of a profile type; `type` decides which of the inputs there are."""

    def __init__(
        self, *args: Any, kind: ProfileType, of_type: FieldType, field: Field | None = None,
        shape: FieldShape | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.kind, self.type, self.field = kind, of_type, field
        self.tree = dict(shape.rules).get("required_when") if shape else None
        kwargs.setdefault("initial", _first_values(shape) if shape else {"type": of_type})
        super().__init__(*args, **kwargs)
        self.fields.update(dict(self._made()))

    def _made(self) -> Made:
        if self.field is None:
            yield "key", forms.CharField(
                label=_("Key"), max_length=40,
                help_text=_("Small letters, digits and _; it stays for ever."),
            )  # fmt: skip
        yield "type", forms.ChoiceField(label=_("Type"), choices=list(words.TYPES.items()))
        yield from label_fields("labels", _("Name"))
        yield from label_fields("help", _("Help"), long=True)
        groups = [(one["key"], label(one["labels"])) for one in self.kind.groups]
        if groups:
            yield (
                "group",
                forms.ChoiceField(label=_("Group"), required=False, choices=[UNSAID, *groups]),
            )
        yield from self._values()
        yield from self._needs()
        yield from self._marks()

    def _values(self) -> Made:
        """What the values may be."""
        if self.type in CHOOSING:
            yield "choices", forms.CharField(
                label=_("Choices"), widget=forms.Textarea(attrs={"rows": 5}),
                help_text=_("One a line: code | English | Spanish | Latvian"),
            )  # fmt: skip
        if self.type in NUMBERS:
            yield from label_fields("unit", _("Unit"))
        yield from self._bounds()
        if self.type in TEXTS:
            patterns = [UNSAID, *words.PATTERNS.items()]
            yield "pattern", forms.ChoiceField(label=_("Made of"), required=False, choices=patterns)
        if self.type is FieldType.TEXT:
            yield "serial", _box(_("Numbers of devices: not taken for those of payment cards"))
        if self.type in (FieldType.DATE, FieldType.INSTANT):
            yield "not_in_future", _box(_("Not in the future"))
        if self.type not in (FieldType.CHOICES, FieldType.CUSTOMER):
            yield "default", forms.CharField(
                label=_("What a new record gets"), required=False,
                help_text=_("As it is typed; a choice by its code, yes or no as true or false."),
            )  # fmt: skip

    def _bounds(self) -> Made:
        if self.type in BOUNDED:
            day = self.type is FieldType.DATE
            widget = forms.DateInput(attrs={"type": "date"}) if day else forms.TextInput()
            for name, words_of in BOUNDS:
                yield name, forms.CharField(label=words_of, required=False, widget=widget)
        if self.type is FieldType.MONEY:
            for name, words_of in (("min_minor", BOUNDS[0][1]), ("max_minor", BOUNDS[1][1])):
                code = companies.current().currency
                yield name, forms.CharField(label=f"{words_of} ({code})", required=False)
        for name, words_of in WHOLE.get(self.type, ()):
            yield name, forms.IntegerField(label=words_of, required=False, min_value=0)

    def _needs(self) -> Made:
        """When there must be a value."""
        yield "required", _box(_("Always needed"))
        own = self.field.key if self.field else ""
        others = [
            (one.key, label(one.labels))
            for one in self.kind.fields.all()
            if one.retired_at is None and one.key != own
        ]
        if self.tree and not _is_simple(self.tree):
            yield "when_tree", forms.CharField(
                label=_("Needed when (condition)"), required=False,
                widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
            )  # fmt: skip
            return
        if others:
            yield (
                "when_field",
                forms.ChoiceField(
                    label=_("Needed when"), required=False, choices=[UNSAID, *others]
                ),
            )
            yield (
                "when_op",
                forms.ChoiceField(
                    label=_("Comparison"), required=False, choices=list(words.OPERATORS.items())
                ),
            )
            yield (
                "when_value",
                forms.CharField(
                    label=_("Compared with"),
                    required=False,
                    help_text=_("Codes of choices; several with commas."),
                ),
            )

    def _marks(self) -> Made:
        """What it is marked as."""
        classes = [(one.key, one.words) for one in data_classes.CLASSES]
        yield "data_class", forms.ChoiceField(
            label=_("Kind of data"), choices=classes,
            help_text=_("Decides who sees it, how long it is kept and how it is erased."),
        )  # fmt: skip
        yield "personal", _box(_("Personal data"))
        words = _("Sensitive: kept sealed, masked until somebody says why they look")
        yield "sensitive", _box(words)
        if self.type in SEARCHABLE:
            yield "searchable", _box(_("Customers are found by it in the search"))
        if self.type not in NOT_FILTERABLE:
            yield "filterable", _box(_("Lists are filtered and sorted by it: an index is built"))
        if self.type in UNIQUE:
            yield "unique", _box(_("Only one customer may have a value"))

    def said(self) -> dict[str, Any]:
        """The members of the field as the form says them; what is empty is left out."""
        given = self.cleaned_data
        said: dict[str, Any] = {"type": str(self.type), "labels": labels_from(given, "labels")}
        said["key"] = self.field.key if self.field else given.get("key", "").strip()
        said["help"] = labels_from(given, "help")
        said["unit"] = _unit(labels_from(given, "unit"))
        said["choices"] = _choices(given.get("choices", ""))
        for name in ("group", "pattern", "data_class", *shapes.FLAGS, "required", "unique",
                     "not_in_future", "serial", "min_length", "max_length", "min_count",
                     "max_count", "scale"):  # fmt: skip
            said[name] = given.get(name)
        said |= {name: self._bound(given.get(name, "")) for name in ("min", "max")}
        said |= {name: _minor(given.get(name, "")) for name in ("min_minor", "max_minor")}
        said["default"] = self._default(given.get("default", ""))
        said["required_when"] = self._condition(given)
        if self.field:
            said["currencies"] = self.field.rules.get("currencies")
        return {name: value for name, value in said.items() if not shapes.says_nothing(value)}

    def _bound(self, written: str) -> Any:
        return _number(written) if self.type in NUMBERS else written.strip()

    def _default(self, written: str) -> Any:
        if not written.strip():
            return None
        if self.type is FieldType.MONEY:
            code = companies.current().currency
            minor = _minor(written)
            return written if minor is None else {"minor": minor, "currency": code}
        return _number(written) if self.type in NUMBERS else written

    def _condition(self, given: Mapping[str, Any]) -> Any:
        if "when_tree" in self.fields:
            try:
                return json.loads(given.get("when_tree") or "null")
            except ValueError:
                return {"": given["when_tree"]}
        key, operator = given.get("when_field", ""), given.get("when_op", "")
        if not key:
            return None
        asked = self.kind.fields.get(key=key)
        tree: dict[str, Any] = {"fact": f"customer.{key}", "op": operator}
        if operator not in ("is_set", "is_not_set"):
            tree["value"] = _asked_value(FieldType(asked.type), operator, given["when_value"])
        return tree


def _box(words_of: Any) -> forms.BooleanField:
    return forms.BooleanField(label=words_of, required=False)


def _first_values(shape: FieldShape) -> dict[str, Any]:
    """A field as its form shows it."""
    rules = dict(shape.rules)
    shown: dict[str, Any] = {"key": shape.key, "type": str(shape.type), "group": shape.group}
    for name, labels in (("labels", shape.labels), ("help", shape.help), ("unit", shape.unit)):
        shown |= labels_into(name, labels)
    shown["choices"] = "\n".join(
        f" {SEPARATOR} ".join([one.code, *_in_languages(one.labels)]) for one in shape.choices
    )
    tree = rules.pop("required_when", None)
    shown |= {name: _bound_shown(name, value) for name, value in rules.items()}
    shown |= {name: getattr(shape, name) for name in ("data_class", *shapes.FLAGS)}
    shown["default"] = _default_shown(shape.default)
    if tree and _is_simple(tree):
        shown["when_field"] = tree["fact"].removeprefix("customer.")
        shown["when_op"], shown["when_value"] = tree["op"], _value_shown(tree.get("value"))
    elif tree:
        shown["when_tree"] = json.dumps(tree, ensure_ascii=False)
    return shown


def _in_languages(labels: Mapping[str, str]) -> Sequence[str]:
    found = [labels.get(code, "") for code in ("en", "es", "lv")]
    while found and not found[-1]:
        found.pop()
    return found


def _choices(written: str) -> list[dict[str, Any]]:
    found = []
    for line in written.splitlines():
        if not line.strip():
            continue
        code, *labels = (part.strip() for part in line.split(SEPARATOR))
        named = dict(zip(("en", "es", "lv"), labels, strict=False))
        found.append({"code": code, "labels": {key: it for key, it in named.items() if it}})
    return found


def _unit(labels: dict[str, str]) -> str | dict[str, str]:
    same = set(labels.values())
    return same.pop() if len(same) == 1 else labels


def _number(written: str) -> Any:
    try:
        return numbers.read(written, language()) if written.strip() else None
    except ValueError:
        return written


def _minor(written: str) -> int | None:
    """An amount in the company's currency, in minor units."""
    if not written.strip():
        return None
    code = companies.current().currency
    try:
        return money.parse(written, code, money.DECIMAL_MARKS.get(language())).minor
    except money.BadMoney:
        return None


def _bound_shown(name: str, value: Any) -> Any:
    if name.endswith("_minor"):
        amount = money.Money(value, companies.current().currency).to_decimal()
        return _plainly(amount)
    return _plainly(value) if isinstance(value, int | float | Decimal) else value


def _plainly(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    written = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return written.replace(".", money.DECIMAL_MARKS.get(language(), "."))


def _default_shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return _plainly(money.Money(value["minor"], value["currency"]).to_decimal())
    return _plainly(value) if isinstance(value, int | Decimal) else value or ""


def _is_simple(tree: Any) -> bool:
    """Whether the three inputs can say it."""
    if not isinstance(tree, Mapping) or set(tree) - {"fact", "op", "value"}:
        return False
    value = tree.get("value")
    is_plain = not isinstance(value, Mapping) or set(value) == {"minor", "currency"}
    return tree.get("op") in words.OPERATORS and is_plain


def _value_shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(_default_shown(value))


def _asked_value(kind: FieldType, operator: str, written: str) -> Any:
    """What is typed, as a condition on a field of this type says it."""
    read = READERS.get(kind, str.strip)
    if operator in ("in", "has_any"):
        return [read(one) for one in written.split(",") if one.strip()]
    return read(written)


def _figure(written: str) -> Any:
    plain = _number(written)
    try:
        return float(plain) if "." in plain else int(plain)
    except (TypeError, ValueError):
        return written


READERS: Mapping[FieldType, Callable[[str], Any]] = {
    **dict.fromkeys(NUMBERS, _figure),
    FieldType.YES_NO: lambda written: written.strip().casefold() in ("true", "yes", "1"),
    FieldType.MONEY: lambda written: {
        "minor": _minor(written) or 0, "currency": companies.current().currency,
    },
}  # fmt: skip
