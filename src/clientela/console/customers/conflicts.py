"""Two people change one record: what touches is shown side by side, what does not is merged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from clientela.console.customers.opened import Family
from clientela.console.customers.record_form import EditForm, held_by, is_value
from clientela.customers import queries as customers
from clientela.customers.models import Customer
from clientela.staff import queries as staff

THEIRS = "theirs"
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both have changed, to different values, as they are read."""

    name: str
    words: str
    mine: str
    theirs: str


def between(form: EditForm, customer: Customer) -> list[Conflict]:
    """Where the record, as it is now, differs from what was read and from what was typed."""
    before, now = form.read(), held_by(customer, form.listed)
    return [
        Conflict(
            name, str(form.fields[name].label), _read(form, name, form.cleaned_data[name]),
            _read(form, name, now.get(name, "")),
        )
        for name in form.changed_names()
        if now.get(name, "") not in (before.get(name, ""), form.cleaned_data[name])
    ]  # fmt: skip


def on_top_of_theirs(form: EditForm, customer: Customer, found: Sequence[Conflict]) -> QueryDict:
    """The form as if it had been opened on the record as it is now, with what was typed in it."""
    now, mine = held_by(customer, form.listed), set(form.changed_names())
    assert isinstance(form.data, QueryDict)
    typed = form.data.copy()
    for name in filter(is_value, form.fields):
        if name not in mine:
            value = now.get(name, "")
            typed.setlist(name, value if isinstance(value, list) else [value])
    typed["version"], typed["before_shown"] = str(customer.version), json.dumps(now)
    typed["touching"] = SEPARATOR.join(one.name for one in found)
    return typed


def wanted(form: EditForm, *, take: str) -> list[str]:
    """The fields that are to be written: all that were changed, or those nobody else changed."""
    touching = form.cleaned_data["touching"].split(SEPARATOR) if take == THEIRS else ()
    return [name for name in form.changed_names() if name not in touching]


def last_change(family: Family) -> tuple[str, datetime | None]:
    """Who changed the record last, and when."""
    for change in customers.changes_of(family, limit=1):
        return staff.names_of({change.actor}).get(change.actor, change.actor), change.changed_at
    return "", None


def _read(form: EditForm, name: str, value: Any) -> str:
    choices = dict(getattr(form.fields[name], "choices", ()))
    if isinstance(value, list):
        return ", ".join(str(choices.get(code, code)) for code in value)
    return str(choices.get(value, value))
