"""What the designer calls types of fields, classes of data, rules, formulas and states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clientela.customers.rules import FieldType

TYPES: Mapping[FieldType, Any] = {
    FieldType.TEXT: _("Text of one line"), FieldType.NOTE: _("Text of several lines"),
    FieldType.INTEGER: _("Whole number"), FieldType.DECIMAL: _("Number with decimals"),
    FieldType.MONEY: _("Amount of money"), FieldType.PERCENT: _("Percentage"),
    FieldType.YES_NO: _("Yes or no"), FieldType.DATE: _("Date"),
    FieldType.INSTANT: _("Date and time"), FieldType.CHOICE: _("One of several"),
    FieldType.CHOICES: _("Any of several"), FieldType.COUNTRY: _("Country"),
    FieldType.LINK: _("Link"), FieldType.CUSTOMER: _("Another customer"),
}  # fmt: skip
PARTIES = {"person": _("Person"), "company": _("Company")}
PATTERNS = {
    "digits": _("digits only"), "letters": _("letters only"),
    "letters-and-digits": _("letters and digits"),
    "capitals-and-digits": _("capital letters and digits"),
}  # fmt: skip
FORMULAS = {
    "age": _("Whole years since a date"), "months_since": _("Whole months since a date"),
    "days_since": _("Days since a date"), "days_until": _("Days until a date"),
    "tenure": _("Years as a customer"), "tenure_months": _("Months as a customer"),
    "products": _("Number of products held"), "days_to_maturity": _("Days to the next maturity"),
}  # fmt: skip
OPERATORS = {
    "eq": _("is"), "ne": _("is not"), "in": _("is one of"), "ge": _("is at least"),
    "le": _("is at most"), "has_any": _("has one of"), "is_set": _("is filled in"),
    "is_not_set": _("is empty"),
}  # fmt: skip
INDEX = {
    "waiting": _("Waits for its index"), "building": _("Index is being built"),
    "ready": _("Filters fast"), "failed": _("The index failed"),
    "dropping": _("Index is being dropped"),
}  # fmt: skip
PLAN = {
    "checking": _("Being checked"), "refused": pgettext_lazy("plan", "Refused"),
    "scheduled": _("Waits for its day"), "converting": _("Being carried out"),
    "applied": pgettext_lazy("plan", "Made"), "cancelled": pgettext_lazy("plan", "Given up"),
    "failed": pgettext_lazy("plan", "Failed"),
}  # fmt: skip
TONES = {
    "checking": "accent", "refused": "bad", "scheduled": "warn", "converting": "accent",
    "applied": "good", "failed": "bad", "waiting": "accent", "building": "accent",
    "ready": "good", "dropping": "accent",
}  # fmt: skip
MEMBERS = {
    "type": _("another type"), "required": _("is needed"),
    "required_when": _("is sometimes needed"), "unique": _("only once"),
    "min": _("the least"), "max": _("the most"),
    "min_length": _("the shortest"), "max_length": _("the longest"), "pattern": _("its form"),
    "scale": _("decimals"), "min_minor": _("the least"), "max_minor": _("the most"),
    "currencies": _("currencies"), "not_in_future": _("not in the future"),
    "serial": _("numbers of devices"),
    "min_count": _("how many at least"), "max_count": _("how many at most"),
    "choices": _("choices"),
}  # fmt: skip
