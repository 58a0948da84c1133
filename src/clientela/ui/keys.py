"""Every key of the console, once: the script, the help and the hints on buttons read this table.

A key does something only on a page where an element with its `data-ui` name is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Place(StrEnum):
    EVERYWHERE = "everywhere"
    LISTS = "lists"
    RECORD = "record"
    AGENT = "agent"


class Does(StrEnum):
    PRESS = "press"  # click the element
    FOCUS = "focus"  # put the cursor into it
    INTO = "into"  # put the cursor into the first thing in it
    WITHIN = "within"  # click it in the offer that has the cursor
    ROWS = "rows"  # move in the list; `target` says where to
    CLOSE = "close"  # drawer, dialog, menu


@dataclass(frozen=True, slots=True)
class Key:
    """`keys` as typed: `g h` is one after the other, `Ctrl+k` also Cmd on a Mac."""

    keys: str
    does: Does
    target: str
    words: str | Promise
    place: Place = Place.EVERYWHERE
    switch: str | None = None  # the programme it belongs to

    @property
    def caps(self) -> list[str]:
        """What stands on the caps, for the help."""
        return [cap.replace("+", " ") for cap in self.keys.split()]


TABLE = (
    Key("/", Does.FOCUS, "search", _("Search")),
    Key("Ctrl+k", Does.FOCUS, "search", _("Search, also while typing")),
    Key("g h", Does.PRESS, "nav-home", _("Go to Home")),
    Key("g a", Does.PRESS, "nav-agent", _("Go to Agent")),
    Key("g c", Does.PRESS, "nav-customers", _("Go to Customers")),
    Key("g p", Does.PRESS, "nav-products", _("Go to Products")),
    Key("g t", Does.PRESS, "nav-tasks", _("Go to Tasks")),
    Key("g i", Does.PRESS, "nav-issues", _("Go to Issues"), switch="issues"),
    Key("g r", Does.PRESS, "nav-retention", _("Go to Retention"), switch="retention"),
    Key("g w", Does.PRESS, "nav-warranty", _("Go to Warranty"), switch="warranty"),
    Key("g d", Does.PRESS, "nav-duplicates", _("Go to Duplicates")),
    Key("g u", Does.PRESS, "nav-imports", _("Go to Import")),
    Key("g e", Does.PRESS, "nav-exports", _("Go to Export")),
    Key("g l", Does.PRESS, "nav-loyalty", _("Go to Loyalty"), switch="loyalty"),
    Key("g y", Does.PRESS, "nav-privacy", _("Go to Privacy")),
    Key("g s", Does.PRESS, "nav-settings", _("Go to Settings")),
    Key("Ctrl+.", Does.PRESS, "call-open", _("Open the call")),
    Key("Esc Esc", Does.PRESS, "call-end", _("End the conversation")),
    Key("?", Does.PRESS, "help", _("Show the keys")),
    Key("[", Does.PRESS, "rail-toggle", _("Fold the navigation")),
    Key("Esc", Does.CLOSE, "", _("Close what is open")),
    Key("1-9", Does.PRESS, "reason-", _("Say why not"), Place.AGENT, "retention"),
    Key("1", Does.INTO, "offer-1", _("First offer"), Place.AGENT, "retention"),
    Key("2", Does.INTO, "offer-2", _("Second offer"), Place.AGENT, "retention"),
    Key("3", Does.INTO, "offer-3", _("Third offer"), Place.AGENT, "retention"),
    Key("a", Does.WITHIN, "outcome-accepted", _("Accepted"), Place.AGENT, "retention"),
    Key("l", Does.WITHIN, "outcome-later", _("Later"), Place.AGENT, "retention"),
    Key("n", Does.WITHIN, "outcome-no", _("Not interested"), Place.AGENT, "retention"),
    Key("x", Does.WITHIN, "outcome-not-presented", _("Not presented"), Place.AGENT, "retention"),
    Key("j", Does.ROWS, "next", _("Next row"), Place.LISTS),
    Key("k", Does.ROWS, "previous", _("Previous row"), Place.LISTS),
    Key("g g", Does.ROWS, "first", _("First row"), Place.LISTS),
    Key("G", Does.ROWS, "last", _("Last row"), Place.LISTS),
    Key("Enter", Does.ROWS, "open", _("Open the row"), Place.LISTS),
    Key("c", Does.PRESS, "new", _("Make a new one"), Place.LISTS),
    Key("f", Does.PRESS, "filter-more", _("Filter"), Place.LISTS),
    Key("s", Does.PRESS, "save-view", _("Save the view"), Place.LISTS),
    Key("v", Does.INTO, "views", _("Views"), Place.LISTS),
    Key(".", Does.PRESS, "bulk", _("Change all of these"), Place.LISTS),
    Key("u", Does.PRESS, "merges", _("Merges, to take one back"), Place.LISTS),
    Key("1", Does.WITHIN, "value-1", _("The value of the first record"), Place.RECORD),
    Key("2", Does.WITHIN, "value-2", _("The value of the second record"), Place.RECORD),
    Key("1-9", Does.PRESS, "candidate-", _("Choose one of several"), Place.RECORD),
    Key("q", Does.PRESS, "take-next", _("Take the next issue"), Place.LISTS, "issues"),
    Key("r", Does.FOCUS, "reply", _("Answer"), Place.RECORD, "issues"),
    Key("n", Does.PRESS, "note", _("Write a note"), Place.RECORD, "issues"),
    Key("a", Does.PRESS, "assign", _("Assign"), Place.RECORD, "issues"),
    Key("s", Does.PRESS, "state", _("Set the state"), Place.RECORD, "issues"),
    Key("p", Does.PRESS, "promise", _("Promise something"), Place.RECORD, "issues"),
    Key("d", Does.PRESS, "resolve", _("Resolve"), Place.RECORD, "issues"),
    Key("n", Does.PRESS, "note-new", _("Write a note about the customer"), Place.RECORD),
    Key("t", Does.PRESS, "task-new", _("Set a task for the customer"), Place.RECORD),
    Key("e", Does.PRESS, "edit", _("Edit"), Place.RECORD),
    Key("m", Does.PRESS, "merge", _("Merge with another record"), Place.RECORD),
    Key("s", Does.PRESS, "pair-same", _("The same customer: merge"), Place.RECORD),
    Key("d", Does.PRESS, "pair-different", _("Two customers"), Place.RECORD),
    Key("l", Does.PRESS, "pair-later", _("Decide later"), Place.RECORD),
    Key("w", Does.PRESS, "why-open", _("Why?"), Place.RECORD),
    Key("r", Does.PRESS, "redeem", _("Redeem points"), Place.RECORD, "loyalty"),
    Key("]", Does.PRESS, "drawer-close", _("Close the drawer"), Place.RECORD),
    Key("a", Does.PRESS, "claim-approve", _("Approve the claim"), Place.RECORD, "warranty"),
    Key("r", Does.PRESS, "claim-reject", _("Reject the claim"), Place.RECORD, "warranty"),
    Key("Ctrl+Enter", Does.PRESS, "submit", _("Save, send, run"), Place.RECORD),
)

PLACES = {
    Place.EVERYWHERE: _("Everywhere"),
    Place.LISTS: _("In lists"),
    Place.RECORD: _("On a record"),
    Place.AGENT: _("On the agent page"),
}


def for_script(off: Collection[str] = ()) -> list[list[str]]:
    """The table as the script wants it, without the programmes that are `off`; `1-9` is nine keys,
    the digit ends their target. The agent page's own keys come first.
    """
    table = sorted(without(off), key=lambda key: key.place != Place.AGENT)
    return [
        [typed, str(key.does), key.target + (typed if key.keys == "1-9" else "")]
        for key in table
        for typed in ("123456789" if key.keys == "1-9" else (key.keys,))
    ]


def by_place(table: Iterable[Key] = TABLE) -> list[tuple[str | Promise, list[Key]]]:
    return [
        (words, [key for key in table if key.place == place]) for place, words in PLACES.items()
    ]


def without(off: Collection[str]) -> list[Key]:
    """The table without the keys of programmes that are switched off."""
    return [key for key in TABLE if key.switch not in off]


def hint(target: str) -> str:
    """The key to be shown on the button with this `data-ui` name, or nothing."""
    return next((key.keys for key in TABLE if key.target == target), "")
