"""A package of data as a document that people read: one table for each kind of thing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clientela.platform.money import CURRENCIES, Money
from clientela.privacy import words
from clientela.ui import dates, numbers
from clientela.ui.templatetags.ui import label, money

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;
padding:0 1rem;color:#1b2430}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}
.quiet{color:#5a6675}.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #d9dfe6}
th{font-weight:600}@media print{body{margin:0}h2{break-after:avoid}tr{break-inside:avoid}}
"""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
HIDDEN = ("id", "version", "revision", "position", "propensity")
CELL_LENGTH_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    columns: list[str]
    rows: list[list[str]]
    is_cut: bool


def page(data: Mapping[str, Any], *, zone: ZoneInfo) -> str:
    """One HTML file that needs nothing else, in the language that is active."""
    sections = [_section(block, zone) for block in data["tables"].values()]
    body = render_to_string(
        "privacy/package.html",
        {
            "data": data, "made_at": _text(data["made_at"], zone),
            "sections": [one for one in sections if one.columns],
            "purposes": [_purpose(one) for one in data["purposes"]],
            "periods": [
                {"class": words.CLASSES.get(one["class"], one["class"]), "months": one["months"],
                 "ground": one["ground"]}
                for one in data["periods"]
            ],
        },
    )  # fmt: skip
    return document(_("Your data at %(company)s") % {"company": data["company"]}, body)


def document(title: str, body: str) -> str:
    """A body, rendered and escaped, as a whole file with its own style."""
    language = escape(get_language() or "en")
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return (
        f'<!doctype html>\n<html lang="{language}"><head>{head}</head><body>{body}</body></html>\n'
    )


def _purpose(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "purpose": one["purpose"], "channel": words.CHANNELS.get(one["channel"], one["channel"]),
        "basis": words.BASES.get(one["basis"], one["basis"]),
        "state": words.VERDICTS.get(one["because"], one["because"]),
    }  # fmt: skip


def _section(block: Mapping[str, Any], zone: ZoneInfo) -> Section:
    rows = block["rows"]
    shown = [
        key for key in _keys(rows) if any(row.get(key) not in (None, "", [], {}) for row in rows)
    ]
    return Section(
        block["title"], [_column(key) for key in shown],
        [[_cell(key, row, zone) for key in shown] for row in rows], block["is_cut"],
    )  # fmt: skip


def _keys(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What people can read; ids and counters are in the data."""
    known = dict.fromkeys(key for row in rows for key in row)
    has_amount = any(key.endswith("_minor") for key in known)
    return [
        key
        for key in known
        if key not in HIDDEN and not key.endswith("_id") and not (key == "currency" and has_amount)
    ]


def _column(key: str) -> str:
    stem = key.removesuffix("_minor").removesuffix("_milli")
    return str(words.COLUMNS.get(stem) or stem.replace("_", " ").capitalize())


def _cell(key: str, row: Mapping[str, Any], zone: ZoneInfo) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if key.endswith("_minor") and row.get("currency") in CURRENCIES:
        return money(Money(value, row["currency"]))
    if key.endswith("_milli"):
        return numbers.number(Decimal(value) / 1000, _language())
    return _text(value, zone)[:CELL_LENGTH_MAX]


def _text(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return numbers.number(Decimal(str(value)), _language())
    if isinstance(value, list):
        return ", ".join(_text(one, zone) for one in value)
    if isinstance(value, Mapping):
        return _of_mapping(value, zone)
    return _of_text(str(value), zone)


def _of_mapping(value: Mapping[str, Any], zone: ZoneInfo) -> str:
    if set(value) == {"minor", "currency"}:
        return money(Money(value["minor"], value["currency"]))
    if value and set(value) <= {"en", "es", "lv"}:
        return label(value)
    return "; ".join(f"{_column(key)}: {_text(one, zone)}" for key, one in value.items())


def _of_text(text: str, zone: ZoneInfo) -> str:
    if INSTANT.fullmatch(text):
        found = datetime.fromisoformat(text)
        local = found.astimezone(zone) if found.tzinfo else found
        return f"{dates.day(local.date(), _language())} {local:%H:%M}"
    if DAY.fullmatch(text):
        return dates.day(date.fromisoformat(text), _language())
    return text


def _language() -> str:
    return (get_language() or "en")[:2]
