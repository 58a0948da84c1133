"""Who sees what: kinds of data and fields against roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from clientela.console import refusals
from clientela.console.customers import attributes
from clientela.console.pages import FORM, page, see, show
from clientela.console.settings.people import words_of
from clientela.customers import data_classes
from clientela.customers.deciding import STANDARD, Decision
from clientela.flows.decide_rights import Cell, Line, decide_rights, differing, matrix
from clientela.platform.errors import Problem
from clientela.platform.http.requests import HouseRequest
from clientela.ui.templatetags.ui import label

INVALID = 422
CELLS_MAX = 5_000
MAY = {
    "hidden": lazy("hidden"), "see": lazy("sees"), "edit": lazy("edits"),
    "reveal": lazy("sees and reveals"), "edit-reveal": lazy("edits and reveals"),
}  # fmt: skip
CELL = "may:"


@page("staff.configure", methods=FORM)
def matrix_page(request: HouseRequest) -> HttpResponse:
    """Every kind of data; the fields of one kind under it, where `kind` names it."""
    opened = request.GET.get("kind", "")
    opened = opened if opened in data_classes.BY_KEY else ""
    fault = ""
    if request.method == "POST":
        try:
            return _decided(request, opened)
        except Problem as refusal:
            if refusal.status >= 500:
                raise
            fault = refusals.sentence(refusal)
    found = matrix(fields_of=opened)
    called = {role.key: words_of(role) for role in found.roles}
    context = {
        "roles": [{"key": key, "words": words} for key, words in called.items()],
        "lines": [_line(line, opened, called) for line in found.lines], "fault": fault,
        "kind": opened,
    }  # fmt: skip
    status = INVALID if fault else 200
    return show(request, "console/settings/rights.html", context, status=status)


def _decided(request: HouseRequest, opened: str) -> HttpResponse:
    wanted = differing(_sent(request))
    changed = decide_rights(
        wanted, actor=request.actor, now=request.started_at, request=request.request_id
    )
    told = ngettext("%(count)d right is changed.", "%(count)d rights are changed.", changed)
    messages.success(request, told % {"count": changed} if changed else _("Nothing is changed."))
    address = reverse("console:settings-rights")
    return see(f"{address}?kind={opened}" if opened else address)


def _sent(request: HouseRequest) -> Iterator[Decision]:
    """Cells are called `may:role:kind` or `may:role:type:field`."""
    cells = [name for name in request.POST if name.startswith(CELL)][:CELLS_MAX]
    for name in cells:
        role, _mark, rest = name.removeprefix(CELL).partition(":")
        first, _mark, field = rest.partition(":")
        may = request.POST[name]
        if field:
            yield Decision(role, may, profile_type=first, field=field)
        else:
            yield Decision(role, may, data_class=first)


def _line(line: Line, opened: str, called: Mapping[str, str]) -> dict[str, Any]:
    kind = line.data_class
    if line.field is None:
        address = reverse("console:settings-rights")
        is_open = kind.key == opened
        return {
            "words": kind.words, "is_kind": True, "sensitive": kind.sensitive, "open": is_open,
            "url": address if is_open else f"{address}?kind={kind.key}",
            "cells": [_cell(line, one, kind.key, called) for one in line.cells],
        }  # fmt: skip
    of = label(line.field.profile_type.labels) or line.profile_type
    return {
        "words": attributes.words_of(line.field), "of": of, "is_kind": False,
        "sensitive": line.field.sensitive or kind.sensitive,
        "cells": [_cell(line, one, f"{line.profile_type}:{line.field.key}", called)
                  for one in line.cells],
    }  # fmt: skip


def _cell(line: Line, one: Cell, of: str, called: Mapping[str, str]) -> dict[str, Any]:
    sensitive = line.data_class.sensitive or bool(line.field and line.field.sensitive)
    words = dict(MAY) if sensitive else {key: MAY[key] for key in ("hidden", "see", "edit")}
    if one.may in MAY:
        words[one.may] = MAY[one.may]
    standard = _("as usual: %(may)s") % {"may": MAY[one.effective]}
    if one.may != STANDARD:
        standard = _("as usual")
    return {
        "name": f"{CELL}{one.role}:{of}", "role": one.role,
        "words": called.get(one.role, one.role), "chosen": one.may,
        "effective": one.effective, "options": [(STANDARD, standard), *words.items()],
    }  # fmt: skip
