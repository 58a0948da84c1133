"""Which column of a file holds which value: by its name in three languages, else by its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from clientela.imports.rules.column_words import NAMES
from clientela.imports.rules.dates import NotADate, date_reader
from clientela.imports.rules.kinds import Kind
from clientela.platform import emails, money, text
from clientela.platform.countries import COUNTRIES

SHARE_MIN = 0.8  # of the cells that are filled must be of the form
VALUES_MIN = 3
SIGNS = re.compile(r"[\W_]+")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/\-]*")
AMOUNT = re.compile(r"[+\-−(]?[€$£]?\s?\d[\d.,' \xa0]*[€$£)]?")
PHONE = re.compile(r"(?:\+|00)\d[\d ()./-]{6,}")

NOT_BY_CONTENT = frozenset({"reference", "customer", "original"})


def suggest(
    kind: Kind, header: Sequence[str], rows: Sequence[Sequence[str]],
    *, more: Mapping[str, Iterable[str]] | None = None,
) -> dict[str, str]:  # fmt: skip
    """Target -> column. `more` are targets of the company's own (`attributes.KEY`) with what they
    are called; the columns that fit best are taken first, each for one target.
    """
    called = {target: _usual(target) for target in kind.targets}
    called |= {target: [bare(name) for name in (target.rpartition(".")[2], *names)]
               for target, names in (more or {}).items()}  # fmt: skip
    found: dict[str, str] = {}
    left = [name for name in dict.fromkeys(header) if name]
    for target, names in called.items():
        best = min(left, key=lambda column: _rank(column, names), default=None)
        if best is not None and _rank(best, names) < len(names):
            found[target] = best
            left.remove(best)
    return found | _by_content(kind, header, rows, found, left)


def bare(name: str) -> str:
    """A name without marks, case and signs: `Klienta_Nr.` -> `klienta nr`."""
    return SIGNS.sub(" ", text.folded(CAMEL.sub(" ", name))).strip()


def _usual(target: str) -> list[str]:
    own = [bare(target)]
    return [*own, *(name.strip() for name in NAMES.get(target, "").split(",") if name.strip())]


def _rank(column: str, names: Sequence[str]) -> int:
    """The place of the column's name among those known; behind all of them where it is none."""
    name = bare(column)
    joined = name.replace(" ", "")
    for place, known in enumerate(names):
        if name == known or joined == known.replace(" ", ""):
            return place
    return len(names)


def _by_content(
    kind: Kind, header: Sequence[str], rows: Sequence[Sequence[str]], found: Mapping[str, str],
    left: Sequence[str],
) -> dict[str, str]:  # fmt: skip
    """Columns whose names say nothing, by what stands in them."""
    more: dict[str, str] = {}
    for target, is_such in FORMS.items():
        if target not in kind.targets or target in found or target in NOT_BY_CONTENT:
            continue
        for column in left:
            if column not in more.values() and _share(header, rows, column, is_such) >= SHARE_MIN:
                more[target] = column
                break
    return more


def _share(
    header: Sequence[str], rows: Sequence[Sequence[str]], column: str,
    is_such: Callable[[str], bool],
) -> float:  # fmt: skip
    place = header.index(column)
    cells = [row[place].strip() for row in rows if len(row) > place and row[place].strip()]
    if len(cells) < VALUES_MIN:
        return 0
    return sum(map(is_such, cells)) / len(cells)


def _is_email(cell: str) -> bool:
    try:
        emails.normal(cell)
    except emails.BadEmail:
        return False
    return True


def _is_date(cell: str) -> bool:
    try:
        date_reader(None)(cell)
    except NotADate as bad:
        return bad.code == "ambiguous-date"
    return not cell.isdecimal()


FORMS: Mapping[str, Callable[[str], bool]] = MappingProxyType({
    "email": _is_email,
    "phone": lambda cell: PHONE.fullmatch(cell) is not None,
    "date": _is_date,
    "birth_date": _is_date,
    "opened_on": _is_date,
    "currency": lambda cell: cell.upper() in money.CURRENCIES,
    "country": lambda cell: len(cell) == 2 and cell.upper() in COUNTRIES,
    "amount": lambda cell: AMOUNT.fullmatch(cell) is not None and not cell.isdecimal(),
})  # fmt: skip
