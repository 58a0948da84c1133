"""What an app declares to the house: its switch, rights, panel, checks and how it reads a family.

The declarations are data. `staff` collects the rights, flows the panels and checks; nobody asks an
app by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from django.apps import AppConfig, apps
from django.utils.functional import Promise

from clientela.platform.conditions.facts import Fact, Relation


@dataclass(frozen=True, slots=True)
class Right:
    """`key` is `app.verb`; `sentence` says to an administrator what it allows."""

    key: str
    sentence: str | Promise


@dataclass(frozen=True, slots=True)
class Panel:
    """One block of the caller's profile.

    `function` is a database function `(family uuid[], now timestamptz) -> json`; `right` is needed
    to see the block. Several panels may come from one programme. `veiled`: the function that leaves
    out and masks fields, `(…, hidden jsonb, masked jsonb)`, each `{profile type: [field, …]}`.
    """

    key: str
    function: str
    right: str
    veiled: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `clientela verify`.

    `statement` names a file in the app's `sql` folder that returns one row: rows looked at, rows
    wrong, up to ten examples as text.
    """

    name: str
    statement: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What an app lets conditions ask about one customer.

    `function` is a database function as of a panel; `read` turns its answer and the company's day
    into facts by key and related rows by relation.
    """

    function: str
    read: Callable[[Any, date], Mapping[str, Any]]
    facts: tuple[Fact, ...] = ()
    relations: tuple[Relation, ...] = ()


class Family(StrEnum):
    """How an app reads the rows of merged customers, and what a merge carries to the survivor."""

    READ_TOGETHER = "read together"  # rows stay where they were written, reads take all ids
    KEY = "key"  # a look-up table; its answer is resolved to the survivor
    ROOT = "root"  # the customer row itself: it gets `merged_into`


Sentence = Callable[[Mapping[str, Any]], str]


class HouseApp(AppConfig):
    """An app of Clientela. A programme has a `switch`; the record has none and is always on.

    `title`: what a programme is called where it is switched on and off.
    `sentences`: event name -> what it says, in the language active when it is called.
    `append_only`: tables the application's role may neither update nor delete from.
    """

    switch: ClassVar[str | None] = None
    title: ClassVar[str | Promise] = ""
    rights: ClassVar[tuple[Right, ...]] = ()
    panels: ClassVar[tuple[Panel, ...]] = ()
    facts: ClassVar[tuple[Facts, ...]] = ()
    checks: ClassVar[tuple[Check, ...]] = ()
    sentences: ClassVar[Mapping[str, Sentence]] = {}
    family: ClassVar[Mapping[str, Family]] = {}
    append_only: ClassVar[tuple[str, ...]] = ()
    default = False  # Django takes the only default one of a module: the app's own
    default_auto_field = "django.db.models.BigAutoField"

    def __init_subclass__(cls) -> None:
        cls.default = True


def house() -> Iterator[HouseApp]:
    """All apps of the house, lowest storey first (the order of INSTALLED_APPS)."""
    for config in apps.get_app_configs():
        if isinstance(config, HouseApp):
            yield config


def programmes() -> dict[str, str | Promise]:
    """What can be switched off, and what it is called."""
    return {app.switch: app.title for app in house() if app.switch is not None}
