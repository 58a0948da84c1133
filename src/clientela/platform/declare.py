"""What an app declares to the house: its switch, rights, panel, checks and how it reads a family.

The declarations are data. `staff` collects the rights, flows the panels and checks; nobody asks an
app by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from django.apps import AppConfig, apps
from django.utils.functional import Promise

from clientela.platform.conditions.columns import Columns
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
    wrong, up to ten examples as text. `run` does the same for what SQL cannot see.
    """

    name: str
    statement: str = ""
    run: Callable[[], tuple[int, int, list[str]]] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What an app lets conditions ask about one customer.

    `function` is a database function as of a panel; `read` turns its answer and the company's day
    into facts by key and related rows by relation. `columns` say how each of them is asked of many
    customers at once, in lists; `right` is needed to ask there.
    """

    function: str
    read: Callable[[Any, date], Mapping[str, Any]]
    facts: tuple[Fact, ...] = ()
    relations: tuple[Relation, ...] = ()
    columns: Columns = field(default_factory=Columns)
    right: str = "customers.view"


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What an app lets lists ask besides: of many customers at once only, never of one."""

    facts: tuple[Fact, ...]
    columns: Columns
    relations: tuple[Relation, ...] = ()
    right: str = "customers.view"


class Family(StrEnum):
    """How an app reads the rows of merged customers, and what a merge carries to the survivor."""

    READ_TOGETHER = "read together"  # rows stay where they were written, reads take all ids
    KEY = "key"  # a look-up table; its answer is resolved to the survivor
    ROOT = "root"  # the customer row itself: it gets `merged_into`
    CARRIED = "carried"  # read together; what is left of it goes on at the survivor in new rows
    ANEW = "anew"  # read together; judged anew over the whole family at a merge and its reversal
    SURVIVOR_COUNTS = "survivor counts"  # of rows a customer has one of, the survivor's counts
    PAIR = "pair"  # a row names two customers; it counts for their survivors


@dataclass(frozen=True, slots=True)
class Carry:
    """What a merge carries of an app to the survivor, beyond the rows that stay and are read.

    `actions` is the dotted name of a module with `carry(joined)` and `give_back(joined, carried)`,
    see `customers.joining`; an app cannot import its own actions before all models are there.
    """

    key: str
    title: str | Promise
    actions: str


class Erasing(StrEnum):
    """What becomes of a table's rows about somebody who is erased."""

    DELETE = "delete"  # they go
    CLEAR = "clear"  # what tells who it is, and words about them, is emptied; the rest stands
    KEEP = "keep"  # nothing in it tells who it is: ids, amounts, dates


@dataclass(frozen=True, slots=True)
class Personal:
    """How the rows of one table are handed over to the customer they are about, and erased.

    `title`: what the table is called in the package that is handed over. `data_class` groups tables
    for periods and for erasing in parts (`privacy.words.CLASSES`). `cleared`: column -> what stands
    there after erasing, in SQL. `withheld`: columns that are not handed over (keys of ours, our
    people). `of`: which rows are about a family of ids, `%(family)s`; what the family is called and
    known by stands in `%(values)s`, as text, the words of its names in `%(words)s`, the ids of all
    rows that erasing reaches in `%(marks)s`, in hexadecimal. `besides`: rows
    that erasing reaches as well, and nobody is handed: somebody else stands in them too. `owner`:
    whose a row is, in SQL. `dated`: the column that says how old a row is, for periods.
    `is_handed`: no for copies of what is handed over anyway and for look-up tables. `added`: what
    makes a row readable, name -> SQL over the row `told` (the product behind `product_id`).
    `opened`: a row with what is sealed in it opened, as it is handed over.
    """

    title: str | Promise
    data_class: str
    erased: Erasing
    cleared: Mapping[str, str] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    of: str = "customer_id = ANY (%(family)s::uuid[])"
    besides: str = ""
    owner: str = "customer_id"
    dated: str = ""
    is_handed: bool = True
    added: Mapping[str, str] = field(default_factory=dict)
    opened: Callable[[dict[str, Any]], dict[str, Any]] | None = None

    @property
    def erased_of(self) -> str:
        """Which rows erasing reaches."""
        return f"({self.of} OR {self.besides})" if self.besides else self.of


def holding_values(*columns: str) -> str:
    """Rows in whose columns something stands that the family is called or known by."""
    text = " || ' ' || ".join(f"{column}::text" for column in columns)
    return (
        "EXISTS (SELECT FROM unnest(%(values)s::text[]) AS known (word)"
        f" WHERE strpos(lower({text}), lower(known.word)) > 0)"
    )


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that must be over before a customer may be erased: an open claim, a contract.

    `statement` names a file in the app's `sql` folder that takes the family and today, and answers
    one row: how many, and until when it lasts (null: nobody knows).
    """

    key: str
    words: str | Promise
    statement: str


Sentence = Callable[[Mapping[str, Any]], str]


class HouseApp(AppConfig):
    """An app of Clientela. A programme has a `switch`; the record has none and is always on.

    `title`: what a programme is called where it is switched on and off.
    `sentences`: event name -> what it says, in the language active when it is called.
    `append_only`: tables the application's role may neither update nor delete from.
    `personal`: each table with rows about customers, and how it is handed over and erased.
    `duties`: what must be over before a customer may be erased.
    `family`: how each table with a customer is read when records are merged; `carries`: what a
    merge writes beside the link.
    """

    switch: ClassVar[str | None] = None
    title: ClassVar[str | Promise] = ""
    rights: ClassVar[tuple[Right, ...]] = ()
    panels: ClassVar[tuple[Panel, ...]] = ()
    facts: ClassVar[tuple[Facts, ...]] = ()
    list_facts: ClassVar[tuple[ListFacts, ...]] = ()
    checks: ClassVar[tuple[Check, ...]] = ()
    sentences: ClassVar[Mapping[str, Sentence]] = {}
    family: ClassVar[Mapping[str, Family]] = {}
    carries: ClassVar[tuple[Carry, ...]] = ()
    append_only: ClassVar[tuple[str, ...]] = ()
    personal: ClassVar[Mapping[str, Personal]] = {}
    duties: ClassVar[tuple[Duty, ...]] = ()
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
