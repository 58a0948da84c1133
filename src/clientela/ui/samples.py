"""What the page of components shows: made-up people and figures, the same at every look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms

from clientela.platform.money import Money
from clientela.ui import words
from clientela.ui.panels import Panel

CHOICES = [("lv", "Latvian"), ("es", "Spanish")]


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As it stands in the passport.")
    email = forms.EmailField(label="E-mail")
    language = forms.ChoiceField(label="Language", choices=CHOICES, required=False)
    letters = forms.ChoiceField(label="Letters", choices=CHOICES, widget=forms.RadioSelect)
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    paper = forms.BooleanField(label="Wants letters on paper", required=False)


class Upload(forms.Form):
    file = forms.FileField(label="File", help_text="CSV, also packed with gzip.")


def context(now: datetime) -> dict[str, Any]:
    return {
        "tones": ["", "accent", "good", "warn", "bad"],
        "amounts": [Money(123450, "EUR"), Money(-9900, "EUR"), {"minor": 31020, "currency": "USD"}],
        "figures": [0, 186, -93, 12480],
        "days": [214, 41, 12, 0, -3],
        "moments": [now - timedelta(minutes=after) for after in (0, 12, 200, 5000)],
        "flags": flags(),
        "panels": panels(now),
        "tiles": [("Customers", "2,000", [1, 3, 2, 5, 6, 8]), ("Points owed", "1,041,950", [])],
        "held": [{"words": "Current account", "count": 1224}, {"words": "Card", "count": 897}],
        "why": reasons(),
        "form": Sample(),
        "wrong": Sample({"name": "", "email": "ilze"}),
        "upload": Upload(),
        "noticed": notice(),
        "states": list(words.BATCH),
    }


def flags() -> list[dict[str, str]]:
    return [
        {"words": "Hard of hearing.", "more": "Speak slowly, confirm in writing.", "tone": "warn"},
        {"words": "Open complaint.", "more": "Fridge door, third contact.", "tone": "bad"},
    ]


def notice() -> dict[str, str]:
    return {"name": "outage", "tone": "bad", "words": "Outage: internet in Cēsis.",
            "more": "214 customers since 09:12."}  # fmt: skip


def panels(now: datetime) -> list[Panel]:
    """The five states of a panel."""
    problem = {"detail": "The ledger did not answer in time.", "request_id": "req_7f3a"}
    return [
        Panel("timeline", happenings(now)),
        Panel("panel-waiting", waiting=True),
        Panel("panel-empty", []),
        Panel("panel-failed", error=problem, again="/ui"),
        Panel("panel-closed", right="loyalty.view"),
    ]


def happenings(now: datetime) -> list[dict[str, Any]]:
    told = [
        (1, "customer.changed", "Phone added"),
        (72, "purchase.recorded", "Bought for €62.00, 62 points earned"),
        (1500, "purchase.returned", "Gave back for €31.00"),
        (60_000, "customer.registered", "Record made"),
    ]
    return [
        {"occurred_at": now - timedelta(minutes=after), "name": name, "text": text}
        for after, name, text in told
    ]


def reasons() -> dict[str, Any]:
    return {
        "title": "Why 62 points?",
        "about": "Groceries, till 4, €62.00.",
        "steps": [
            {"icon": "receipt", "words": "Counts", "more": "All of it", "figure": "€62.00"},
            {"icon": "plus", "words": "1 point per euro", "more": "Rule 3, version 8",
             "figure": "62"},
        ],
        "total_words": "Booked",
        "total": "62",
        "refused": [{"words": "Weekend double", "more": "It was a Thursday"}],
        "note": "Posting 88 412 907",
    }  # fmt: skip
