"""The one navigation: an entry without the rights for it is not rendered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clientela.platform.http.actors import Actor

CUSTOMERS = "customers.view"
MERGE = "customers.merge"
CALLS = "calls.serve"


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    words: str | Promise
    icon: str
    address: str  # name of the page
    rights: tuple[str, ...] = ()  # those of its page; none: signed in is enough
    last: bool = False  # stands at the foot of the rail
    switch: str | None = None  # the programme it belongs to


ENTRIES = (
    Entry("home", _("Home"), "home", "console:home"),
    Entry("agent", _("Agent"), "headset", "console:agent", (CALLS, CUSTOMERS)),
    Entry("customers", _("Customers"), "users", "console:customers", (CUSTOMERS,)),
    Entry(
        "products",
        pgettext_lazy("navigation", "Products"),
        "package",
        "console:products",
        ("products.view",),
    ),
    Entry("tasks", _("Tasks"), "clipboard-list", "console:tasks", (CUSTOMERS, "notes.view")),
    Entry("issues", _("Issues"), "lifebuoy", "console:issues", ("issues.view",), switch="issues"),
    Entry(
        "warranty",
        _("Warranty"),
        "shield-check",
        "console:warranty",
        (CUSTOMERS, "warranty.view"),
        switch="warranty",
    ),
    Entry("duplicates", _("Duplicates"), "copy", "console:duplicates", (CUSTOMERS, MERGE)),
    Entry("imports", _("Import"), "file-import", "console:imports", ("customers.import",)),
    Entry("exports", _("Export"), "file-export", "console:exports", ("customers.export",)),
    Entry(
        "retention",
        _("Retention"),
        "star",
        "console:retention-desk",
        (CUSTOMERS, "retention.view"),
        switch="retention",
    ),
    Entry(
        "loyalty",
        _("Loyalty"),
        "gift",
        "console:loyalty-rewards",
        ("loyalty.view",),
        switch="loyalty",
    ),
    Entry("privacy", _("Privacy"), "shield-lock", "console:privacy", ("privacy.view",)),
    Entry(
        "settings",
        _("Settings"),
        "settings",
        "console:settings",
        last=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it stands on one page."""

    entry: Entry
    url: str
    current: bool


def links(actor: Actor, *, path: str, off: Collection[str] = ()) -> list[Link]:
    """The entries this actor may open, without those of programmes that are `off`; the one the path
    lies under is current.
    """
    found = []
    for entry in ENTRIES:
        if entry.switch in off or not all(map(actor.may, entry.rights)):
            continue
        url = url_of(entry.address)
        found.append(Link(entry=entry, url=url, current=lies_under(path, section(url))))
    return found


@cache
def url_of(address: str) -> str:
    return reverse(address)


def section(url: str) -> str:
    """`/settings/company` -> `/settings`: the first part of the address."""
    return "/" + url.strip("/").partition("/")[0]


def lies_under(path: str, start: str) -> bool:
    return path == start or (start != "/" and path.startswith(start + "/"))
