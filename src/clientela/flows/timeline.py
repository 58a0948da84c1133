"""What happened to a customer, over all programmes, as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.utils import translation

from clientela.customers import sight
from clientela.customers.sight import Sight
from clientela.events import queries as events
from clientela.events.queries import Sought
from clientela.platform import periods
from clientela.platform.declare import HouseApp, Sentence, house
from clientela.platform.errors import Problem
from clientela.platform.http.actors import Actor
from clientela.staff import company as companies

SHOWN_MAX = 10
FOLLOWING = ("identity", "points")
# Programmes, and other parts of a record, by the beginnings of their events.
PARTS: Mapping[str, tuple[str, ...]] = {
    "record": ("customer.", "identity.", "address.", "relation.", "household."),
    "holdings": ("holding.",),
    "purchases": ("purchase.", "return.", "habit."),
    "points": ("points.", "coupon.", "cash_out.", "travel_order.", "tier."),
    "warranty": ("unit.", "policy.", "claim."),
    "issues": ("issue.", "promise.", "review.", "mail."),
    "offers": ("offer.", "need.", "flag.", "lead."),
    "calls": ("call.", "conversation."),
    "privacy": ("consent.", "preferences.", "restriction.", "request.", "access.", "data."),
}
CHANNELS = ("phone", "email", "form", "counter", "letter", "shop", "web", "app", "branch", "api")
CHANGED = "customer.changed"  # names the fields that were changed
ONCE = ("call", "conversation")  # told by the latest that is known of them


@cache
def sentences() -> Mapping[str, Sentence]:
    """Every event's sentence, from all apps of the house."""
    return {name: sentence for app in house() for name, sentence in app.sentences.items()}


def told(
    happened: Sequence[Mapping[str, Any]], *, language: str, limit: int = SHOWN_MAX
) -> list[dict[str, Any]]:
    """Rows of the timeline panel with `text` in `language`.

    What was bought and what it earned are one line: happenings about the same subject at the same
    instant are told together. A call and its conversation are one line, told by what came last.
    """
    lines: list[dict[str, Any]] = []
    calls: set[str] = set()
    with translation.override(language):
        for row in happened:
            call = _call(row)
            if call in calls:
                continue
            calls |= {call} - {""}
            text = sentence_of(row["name"], row["data"])
            last = lines[-1] if lines else None
            if last and _follows(last, row):
                last["text"] = f"{text} · {last['text']}"
                last["name"] = row["name"]
                continue
            lines.append({
                "id": row["id"], "occurred_at": row["occurred_at"], "name": row["name"],
                "subject": row["subject"], "text": text,
            })  # fmt: skip
    return lines[:limit]


def page_of(
    family: Sequence[UUID], *, before: tuple[datetime, int] | None = None,
    sought: Sought = events.ANYTHING, limit: int = 50,
) -> tuple[list[dict[str, Any]], tuple[datetime, int] | None]:  # fmt: skip
    """A page of sentences in the language now active, and the key of the next page."""
    happened = events.timeline_of(family, before=before, sought=sought, limit=limit)
    last = happened[-1] if len(happened) == limit else None
    rows = [
        {"id": one.id, "occurred_at": one.occurred_at, "name": one.name, "subject": one.subject,
         "data": one.data, "actor": one.actor}
        for one in happened
    ]  # fmt: skip
    rows = list(without_unseen(rows, sight.present()))
    by = {row["id"]: row["actor"] for row in rows}
    lines = [
        {**line, "actor": by[line["id"]]}
        for line in told(rows, language=translation.get_language() or "en", limit=limit)
    ]
    return lines, (last.occurred_at, last.id) if last else None


class UnknownFilter(Problem):
    code = "unknown-filter"
    status = 422
    title = "The timeline has no such filter"


def sought_by(
    actor: Actor, *, part: str = "", person: str = "", channel: str = "",
    first: date | None = None, last: date | None = None,
) -> Sought | None:  # fmt: skip
    """What an actor asks of a timeline, as far as they may see it; None where that is nothing.

    `part` is one of PARTS, `person` a public id, `first` and `last` are days of the company.
    """
    if part and part not in PARTS:
        raise UnknownFilter(f"Use one of {', '.join(PARTS)}.", field="programme")
    if channel and channel not in CHANNELS:
        raise UnknownFilter(f"Use one of {', '.join(CHANNELS)}.", field="channel")
    names = names_for(actor, PARTS.get(part, ("",)))
    zone = companies.current().zone
    return Sought(
        tuple(names), person, channel,
        periods.local_midnight(first, zone) if first else None,
        periods.local_midnight(last + timedelta(days=1), zone) if last else None,
    ) if names else None  # fmt: skip


def without_unseen(happened: Iterable[Mapping[str, Any]], seeing: Sight) -> list[dict[str, Any]]:
    """Rows of the log without the fields that are hidden, and without those about nothing else."""
    unseen = frozenset(seeing.unseen_keys())
    told = [{**row, "data": data_of(row["name"], row["data"], unseen)} for row in happened]
    return [row for row in told if row["data"] is not None]


def data_of(
    name: str, data: Mapping[str, Any], unseen: Collection[str]
) -> Mapping[str, Any] | None:
    """What a happening says beyond its name, without fields that are not to be seen; None where it
    is about such fields alone.
    """
    if name != CHANGED or not unseen:
        return data
    fields = data.get("fields", ())
    left = [field for field in fields if field not in unseen]
    return {**data, "fields": left} if left or not fields else None


def names_for(actor: Actor, beginnings: Sequence[str] = ("",)) -> list[str]:
    """The events this actor may see, as far as their names begin like one of these: those of
    apps that are on, with the right to view them.
    """
    company = companies.current()
    return [
        name
        for app in house()
        if company.is_on(app.switch) and actor.may(_right_to_see(app))
        for name in app.sentences
        if name.startswith(tuple(beginnings) or ("",))
    ]


def _right_to_see(app: HouseApp) -> str:
    """The right to view what an app tells; that of the record where it has none of its own."""
    own = f"{app.label}.view"
    return own if any(right.key == own for right in app.rights) else "customers.view"


def sentence_of(name: str, data: Mapping[str, Any]) -> str:
    """What an event says in the active language; its bare name where no app words it."""
    sentence = sentences().get(name)
    return sentence(data) if sentence else name


def _call(row: Mapping[str, Any]) -> str:
    """The call that a happening is about, or the conversation where there was no call."""
    is_of_call = row["name"].split(".")[0] in ONCE
    return str(row["data"].get("call") or row["subject"]) if is_of_call else ""


def _follows(line: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a line tells what followed at once from `row`: points from the purchase they are for,
    identities from the registration they came with.
    """
    return bool(
        row["subject"]
        and line["subject"] == row["subject"]
        and line["occurred_at"] == row["occurred_at"]
        and line["name"].split(".")[0] in FOLLOWING
    )
