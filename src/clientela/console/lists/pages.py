"""The list of customers: views at the left, the filter as a sentence, rows, groups or a board."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from clientela.console.addresses import readable_id
from clientela.console.lists import cells, filters
from clientela.console.pages import page, show
from clientela.flows.lists import board as boards
from clientela.flows.lists import reading as lists
from clientela.flows.lists import views as saved
from clientela.flows.lists.known import Known
from clientela.flows.lists.reading import FilterTooWide, Reading
from clientela.flows.lists.state import LATEST, NAME, ListState, of_query
from clientela.flows.lists.views import SHARE
from clientela.platform import limits
from clientela.platform.conditions.facts import Fact, Type
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.staff import queries as staff
from clientela.ui.models import View
from clientela.ui.templatetags.ui import label, number

PAGE = 50
TRAIL_MAX = 20
UNSORTED = (Type.LIST,)
GROUPED = (Type.CHOICE, Type.FLAG, Type.LIST, Type.DATE, Type.INSTANT, Type.NUMBER, Type.TEXT)


@dataclass(frozen=True)
class Place:
    """Which list is looked at: the views there are, the one it began with, and what it is now."""

    views: list[View]
    view: View | None
    start: ListState
    state: ListState

    def address(self, state: ListState, **more: str) -> str:
        """The list in another state."""
        query = state.as_query(self.start)
        if self.view is not None:
            query["view"] = self.view.public_id
        elif self.start != ListState():
            query["view"] = ""
            query |= state.as_query()
        written = urlencode(query | more)
        start = reverse("console:customers")
        return f"{start}?{written}" if written else start


def listed(request: HouseRequest) -> HttpResponse:
    """The list an address means; without one the view that the person's role sees first."""
    place = place_of(request)
    read = reading_of(request, place.state)
    if columns := request.GET.getlist("column"):
        return redirect(place.address(place.state.with_(columns=tuple(dict.fromkeys(columns)))))
    if request.GET.get(filters.PART) and request.GET.get("op"):
        answer = _asked(request, place, read.known)
        if answer is not None:
            return answer
    return show(request, "console/lists/list.html", _context(request, place, read))


@page("customers.view")
def question(request: HouseRequest) -> HttpResponse:
    """The part of the filter form that depends on what is asked about."""
    read = reading_of(request, ListState(kind=request.GET.get("kind", "")))
    asked = filters.question(
        read.known, request.GET.get(filters.PART, ""), request.GET.get("op", "")
    )
    return show(request, "console/lists/question.html", {"question": asked})


def place_of(request: HouseRequest) -> Place:
    """`view` in the address names a saved list; without it the default of the person's role."""
    views = saved.views_for(request.actor)
    chosen = _view(request, views)
    start = saved.state_of(chosen) if chosen else ListState()
    if chosen is not None and chosen.owner != request.actor.id:
        start = saved.seen(start, reading_of(request, ListState(kind=start.kind)).known)
    return Place(views, chosen, start, of_query(request.GET.dict(), start))


def _view(request: HouseRequest, views: Sequence[View]) -> View | None:
    named = request.GET.get("view")
    if named:
        return saved.view_for(request.actor, readable_id("lst", named))
    if named is None and not set(request.GET) - {"after", "trail"}:
        return saved.default_of(list(views), staff.roles_of(request.actor.id))
    return None


def reading_of(request: HouseRequest, state: ListState) -> Reading:
    return lists.reading(
        state, actor=request.actor, company=companies.current(), now=request.started_at
    )


def _asked(request: HouseRequest, place: Place, known: Known) -> HttpResponse | None:
    """One more question, then the list with it; None where what was typed cannot be read."""
    try:
        tree = filters.asked(known, request.GET, currency=companies.current().currency)
    except filters.Unreadable:
        return None
    return redirect(place.address(filters.with_part(place.state, tree)))


def _context(request: HouseRequest, place: Place, read: Reading) -> dict[str, Any]:
    state, known = place.state, read.known
    rows = _rows_context(request, place, read)
    part = request.GET.get(filters.PART, "")
    return {
        **rows,
        "state": state, "view": place.view, "title": place.view.name if place.view else _("All"),
        "views": list(_views(place)), "kinds": list(_kinds(place, known)),
        "parts": [
            {"words": part.words, "url": place.address(part.without)}
            for part in filters.parts(known, state)
        ],
        "facts": filters.offered(known),
        "question": filters.question(known, part, request.GET.get("op", "")) if part else None,
        "unreadable": bool(part and request.GET.get("op")),
        "hidden": _hidden(place), "clear": place.address(state.with_(filter=None)),
        "headings": list(_headings(place, known)), "columns": list(_columns(place, known)),
        "more_columns": _more_columns(state, known),
        "sorts": list(_sorts(place, known)), "groupings": list(_parted(place, known, "group")),
        "boards": list(_parted(place, known, "board")),
        "is_changed": state != place.start,
        "mine": place.view is not None and (
            place.view.owner == request.actor.id or request.actor.may(SHARE)
        ),
        "roles": staff.roles() if request.actor.may(SHARE) else [],
        "state_query": urlencode(state.as_query()), "saved": list(state.as_query().items()),
        "board_field": _movable(request, place, known), "removed": request.GET.get("removed", ""),
    }  # fmt: skip


def _rows_context(request: HouseRequest, place: Place, read: Reading) -> dict[str, Any]:
    """Rows, groups or a board; or the advice where the list would take too long."""
    state, known = place.state, read.known
    found: dict[str, Any] = {"rows": [], "total": None}
    try:
        with limits.within(lists.WAIT_MS, read.too_wide()):
            if state.board:
                return found | {"board": list(_board(place, read))}
            return found | _page(request, place, read)
    except FilterTooWide as wide:
        return found | {"too_wide": True, "wide_fields": _field_words(known, wide)}


def _page(request: HouseRequest, place: Place, read: Reading) -> dict[str, Any]:
    state, after = place.state, request.GET.get("after", "")
    page = read.page(after=after, limit=PAGE)
    is_all = not after and page.after is None
    return {
        **_pager(request, place, after, page.after),
        "rows": [
            {"id": row.public_id, "name": row.name, "number": row.number,
             "cells": [cells.cell(read.known, row, key) for key in state.columns]}
            for row in page.rows
        ],
        "groups": list(_groups(place, read)) if state.group else [],
        "total": len(page.rows) if is_all else read.count(),
    }  # fmt: skip


def _field_words(known: Known, wide: FilterTooWide) -> str:
    keys: Iterable[str] = wide.extra.get("fields", ())
    return ", ".join(str(known.catalogue.facts[f"customer.{key}"]) for key in keys)


def _pager(request: HouseRequest, place: Place, after: str, following: str | None) -> Any:
    """Addresses of the pages on both sides; the trail holds where those before began."""
    trail = [key for key in request.GET.get("trail", "").split(".") if key][-TRAIL_MAX:]
    found = {}
    if after:
        found["newer"] = place.address(
            place.state, **_filled(after=trail[-1] if trail else "", trail=".".join(trail[:-1]))
        )
    if following:
        gone = [*trail, after] if after else trail
        found["older"] = place.address(
            place.state, **_filled(after=following, trail=".".join(gone[-TRAIL_MAX:]))
        )
    return found


def _filled(**query: str) -> dict[str, str]:
    return {name: value for name, value in query.items() if value}


def _views(place: Place) -> Iterable[dict[str, Any]]:
    everything = ListState()
    yield {
        "words": _("All customers"), "icon": "users", "current": place.view is None,
        "url": reverse("console:customers") + "?view=", "state": everything,
    }  # fmt: skip
    icons = {"private": "user", "team": "users", "everyone": "building"}
    for one in place.views:
        yield {
            "words": one.name, "icon": icons[one.sharing],
            "current": place.view is not None and one.id == place.view.id,
            "url": f"{reverse('console:customers')}?view={one.public_id}",
        }  # fmt: skip


def _kinds(place: Place, known: Known) -> Iterable[dict[str, Any]]:
    """Chips of profile types. Another kind of customer has other columns."""
    state = place.state
    yield {"words": _("All"), "url": place.address(state.with_(kind="")),
           "current": not state.kind}  # fmt: skip
    for kind in known.kinds.values():
        if kind.retired_at is None:
            yield {
                "words": label(kind.labels) or kind.key,
                "url": place.address(state.with_(kind=kind.key)),
                "current": state.kind == kind.key,
            }  # fmt: skip


def _hidden(place: Place) -> list[tuple[str, str]]:
    """The state of the list, for the fields of a form that changes one thing of it."""
    query = place.state.as_query(place.start)
    if place.view is not None:
        query["view"] = place.view.public_id
    elif not query:
        query["view"] = ""
    return list(query.items())


def _headings(place: Place, known: Known) -> Iterable[dict[str, Any]]:
    """Names of the columns, each a link that sorts by it, the other way round the next time."""
    for key in (NAME, *place.state.columns):
        head = cells.heading(known, key)
        is_now = place.state.sorted_by == key
        turn = key if is_now and place.state.is_descending else f"-{key}"
        if not is_now:
            turn = f"-{key}" if head.number else key
        yield {
            "key": key, "words": head.words, "number": head.number,
            "url": place.address(place.state.with_(sort=turn)) if _sortable(known, key) else "",
            "sorted": ("descending" if place.state.is_descending else "ascending")
            if is_now else "",
        }  # fmt: skip


def _sortable(known: Known, key: str) -> bool:
    fact = known.catalogue.facts.get(key)
    return fact is not None and fact.type not in UNSORTED


def _columns(place: Place, known: Known) -> Iterable[dict[str, Any]]:
    """Columns that are shown, with the lists in which they stand elsewhere or nowhere."""
    shown = place.state.columns
    for at, key in enumerate(shown):
        rest = [one for one in shown if one != key]
        yield {
            "key": key, "words": cells.heading(known, key).words,
            "up": _moved(place, rest, key, at - 1) if at else "",
            "down": _moved(place, rest, key, at + 1) if at < len(shown) - 1 else "",
            "off": place.address(place.state.with_(columns=tuple(rest))),
        }  # fmt: skip


def _moved(place: Place, rest: list[str], key: str, to: int) -> str:
    columns = (*rest[:to], key, *rest[to:])
    return place.address(place.state.with_(columns=columns))


def _more_columns(state: ListState, known: Known) -> list[tuple[str, str]]:
    listed = (*cells.OWN_WORDS, *known.calculated, *known.shown)
    keys = [key for key in listed if key not in (*state.columns, NAME)]
    named = [(key, cells.heading(known, key).words) for key in keys]
    return sorted(named, key=lambda one: one[1])


def _sorts(place: Place, known: Known) -> Iterable[dict[str, Any]]:
    """What a list can be sorted by without waiting: what is shown, and what an index lies for."""
    for key in dict.fromkeys([NAME, LATEST[1:], *place.state.columns]):
        if _sortable(known, key):
            for turn in (key, f"-{key}"):
                words = cells.heading(known, key).words
                arrow = "↓" if turn.startswith("-") else "↑"
                yield {"key": turn, "words": f"{words} {arrow}",
                       "current": place.state.sort == turn}  # fmt: skip


def _movable(request: HouseRequest, place: Place, known: Known) -> str:
    """The field a card of the board is moved by, where the person may change it."""
    several = known.fields.get(place.state.board, ())
    return several[0].key if several and request.actor.may("customers.edit") else ""


def _parted(place: Place, known: Known, name: str) -> Iterable[dict[str, Any]]:
    """Facts by which a list can be counted, or laid out as a board."""
    for key, fact in known.shown.items():
        if _parts(known, fact, name):
            yield {"key": key, "words": str(fact),
                   "current": getattr(place.state, name) == key}  # fmt: skip


def _parts(known: Known, fact: Fact, name: str) -> bool:
    if name == "board":
        return fact.type is Type.CHOICE and 0 < len(cells.choices(known, fact)) <= boards.PARTS_MAX
    return fact.type in GROUPED and fact.key.startswith("customer.") and fact.key != NAME


def _groups(place: Place, read: Reading) -> Iterable[dict[str, Any]]:
    """How many there are by a fact; each leads to them."""
    key = place.state.group
    fact = read.known.catalogue.facts[key]
    for value, count in read.groups(key):
        tree = _tree_of(fact, value)
        yield {
            "words": _group_words(read.known, fact, value), "count": count,
            "shown": number(count) if isinstance(count, int) else count,
            "url": place.address(filters.with_part(place.state.with_(group=""), tree))
            if tree else "",
        }  # fmt: skip


def _group_words(known: Known, fact: Fact, value: Any) -> str:
    if value is None:
        return _("without")
    return cells.value_words(known, fact, value)


def _tree_of(fact: Fact, value: Any) -> dict[str, Any] | None:
    """The question that finds one group."""
    if value is None:
        return {"fact": fact.key, "op": "is_not_set"}
    match fact.type:
        case Type.CHOICE:
            return {"fact": fact.key, "op": "in", "value": [value]}
        case Type.TEXT:
            return {"fact": fact.key, "op": "eq", "value": value}
        case Type.FLAG:
            return {"fact": fact.key, "op": "eq", "value": value == "true"}
    return None


def _board(place: Place, read: Reading) -> Iterable[dict[str, Any]]:
    """A column for each choice, with its first customers and the list of all of them."""
    key, known = place.state.board, read.known
    fact = known.catalogue.facts[key]
    codes = [code for code, _words in cells.choices(known, fact)][: boards.PARTS_MAX]
    for part in boards.parts_of(read, codes):
        tree = _tree_of(fact, part.code)
        assert tree is not None
        yield {
            "code": part.code or "", "words": _group_words(known, fact, part.code),
            "url": place.address(filters.with_part(place.state.with_(board=""), tree)),
            "more": part.has_more,
            "cards": [
                {"id": row.public_id, "name": row.name, "version": row.version,
                 "cells": [it for one in place.state.columns
                           if one != key and (it := cells.cell(known, row, one)) != cells.Cell("")]}
                for row in part.rows
            ],
        }  # fmt: skip
