"""How good the records are; each figure leads to the list of its customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clientela.console.customers import attributes
from clientela.console.pages import SENT, page, see, show
from clientela.customers import queries as customers
from clientela.flows import jobs
from clientela.flows.lists import quality
from clientela.flows.lists.quality import Figure
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label

WORDS: Mapping[str, str | Promise] = {
    "invalid": gettext_lazy("Values that break a rule of today"),
    "stale": gettext_lazy("Nothing heard for two years"),
    "unreachable": gettext_lazy("Without any phone or e-mail"),
    "unverified": gettext_lazy("No address of theirs is verified"),
    "bouncing": gettext_lazy("An address of theirs bounces"),
    "duplicates": gettext_lazy("May be a double of somebody else"),
}  # fmt: skip


@page("customers.view", quality.RIGHT)
def shown(request: HouseRequest) -> HttpResponse:
    """What was last counted."""
    figures = quality.figures_for(request.actor, company=companies.current())
    context = {
        "measures": [_told(one, str(WORDS[one.measure])) for one in figures
                     if one.measure in WORDS],
        "types": list(_types(figures)),
        "counted_at": max((one.counted_at for one in figures), default=None),
    }  # fmt: skip
    return show(request, "console/lists/quality.html", context)


@page("customers.view", quality.RIGHT, methods=SENT, shown_on="console:quality")
def count(request: HouseRequest) -> HttpResponse:
    """Have them counted now."""
    jobs.queue_quality()
    messages.success(request, _("Being counted"))
    return see(reverse("console:quality"))


def _types(figures: Iterable[Figure]) -> Iterable[dict[str, Any]]:
    """Completeness, by type of profile and field."""
    kinds = customers.profile_types(with_fields=True)
    for kind in kinds.values():
        of_kind = {one.field: one for one in figures if one.profile_type == kind.key}
        rows = [
            {**_told(of_kind[field.key], attributes.words_of(field)),
             "filled": of_kind[field.key].count}
            for field in kind.fields.all() if field.key in of_kind
        ]  # fmt: skip
        if rows:
            yield {"words": label(kind.labels) or kind.key, "rows": rows}


def _told(figure: Figure, words: str) -> dict[str, Any]:
    query = urlencode(figure.state.as_query() | {"view": ""})
    return {
        "name": figure.measure, "words": words, "count": figure.count, "whole": figure.whole,
        "url": f"{reverse('console:customers')}?{query}",
    }  # fmt: skip
