"""Mapping files: TOML, read strictly. A key that means nothing is an error, not a comment."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from clientela.imports.rules.dates import date_reader
from clientela.imports.rules.encodings import ENCODINGS
from clientela.imports.rules.faults import WrongMapping
from clientela.imports.rules.kinds import CUSTOMERS, KINDS, ROLES, Kind
from clientela.imports.rules.layout import QUOTES, SEPARATORS, Layout
from clientela.imports.rules.mapping import Cell, Column, ColumnMapping, When
from clientela.imports.rules.readings import READINGS
from clientela.platform import money, periods

COMMON = ("kind", "source", "dates", "zone", "empty", "clear")
TABLES = ("columns", "constants", "values", "file")
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "empty": ("keep", "clear"),
        "decimal_mark": (".", ","),
        "unknown_customer": ("report", "create"),
        "unknown_product": ("report", "create"),
        "no_customer": ("report", "keep"),
        "negative": ("return", "refuse"),
        "repeats": ("keep", "collapse"),
        "files": ("overlap", "disjoint"),
        "rows": ("purchases", "lines"),
        "same_reference": ("refuse", "amend"),
        "duplicates": ("new", "review", "reject"),
        "same_purpose": ("add", "replace"),
    }
)
CELL_KEYS = ("column", "template", "value", "when", "read", "dates", "plus_months", "empty")
ORIGINS = ("column", "template", "value")


def load_mapping(source: Path | str, *, kind: str | None = None) -> ColumnMapping:
    """The mapping in a file (a `Path`) or in a text. Raises `WrongMapping`.

    `kind` is the kind of the import: a mapping of another kind is refused, and one that does
    not say its kind is of this one.
    """
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    try:
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongMapping(f"This is not TOML: {error}.") from None
    known = _kind(said.pop("kind", kind), kind)
    _only(said, (*COMMON, *known.options, *TABLES), "")
    return ColumnMapping(
        kind=known,
        columns=_columns(said, known),
        values=_values(said.get("values", {}), known),
        layout=_layout(said.get("file", {})),
        **{name: _setting(name, said[name]) for name in said if name not in TABLES},
    )


def _kind(said: Any, wanted: str | None) -> Kind:
    if said not in KINDS:
        raise WrongMapping(f"kind is one of: {', '.join(KINDS)}.", field="kind")
    if wanted is not None and said != wanted:
        raise WrongMapping(f"This mapping is for {said}, not for {wanted}.", field="kind")
    return KINDS[said]


def _setting(name: str, value: Any) -> Any:
    check = SETTINGS.get(name)
    if name in CHOICES:
        _one_of(value, CHOICES[name], name)
        return value
    return check(value, name) if check else _text(value, name)


def _columns(said: Mapping[str, Any], kind: Kind) -> Mapping[str, Cell]:
    columns = _table(said.get("columns", {}), "columns")
    constants = _table(said.get("constants", {}), "constants")
    for target in (*columns, *constants):
        if not kind.knows(target):
            raise WrongMapping(
                f"{kind.name} have no {target}. They have: {', '.join(kind.targets)}.",
                field=f"columns.{target}",
            )
    if twice := columns.keys() & constants.keys():
        name = min(twice)
        raise WrongMapping(f"{name} has a column and a constant.", field=f"constants.{name}")
    cells = {name: _cell(it, f"columns.{name}") for name, it in columns.items()}
    cells |= {name: Cell(value=_text(it, f"constants.{name}")) for name, it in constants.items()}
    return MappingProxyType(cells)


def _cell(said: Any, place: str) -> Cell:
    if not isinstance(said, dict):
        return Cell(column=_column(said, place))
    _only(said, CELL_KEYS, place)
    if sum(origin in said for origin in ORIGINS) != 1:
        raise WrongMapping(f"{place} needs exactly one of: {', '.join(ORIGINS)}.", field=place)
    cell = Cell(**{key: CELL_VALUES[key](value, f"{place}.{key}") for key, value in said.items()})
    _check_template(cell, place)
    return cell


def _check_template(cell: Cell, place: str) -> None:
    try:
        list(cell.columns())
    except ValueError as error:
        raise WrongMapping(f"{place}: {error}.", field=place) from None


def _when(said: Any, place: str) -> When:
    table = _table(said, place)
    _only(table, ("column", "is"), place)
    if table.keys() != {"column", "is"}:
        raise WrongMapping(f"{place} needs a column and a list of values (is).", field=place)
    among = table["is"] if isinstance(table["is"], list) else [table["is"]]
    return When(
        _column(table["column"], f"{place}.column"),
        tuple(_text(value, f"{place}.is") for value in among),
    )


def _values(said: Any, kind: Kind) -> Mapping[str, Mapping[str, str]]:
    lists = {}
    for target, table in _table(said, "values").items():
        place = f"values.{target}"
        if not kind.knows(target):
            raise WrongMapping(f"{kind.name} have no {target}.", field=place)
        meanings = _table(table, place).items()
        lists[target] = MappingProxyType(
            {code.strip(): _text(meant, f"{place}.{code}") for code, meant in meanings}
        )
    return MappingProxyType(lists)


def _layout(said: Any) -> Layout:
    table = _table(said, "file")
    _only(table, FILE_VALUES, "file")
    return Layout(**{key: FILE_VALUES[key](it, f"file.{key}") for key, it in table.items()})


def _table(said: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise WrongMapping(f"{place} is a table.", field=place)
    return said


def _only(said: Iterable[str], allowed: Iterable[str], place: str) -> None:
    names = tuple(allowed)
    for key in said:
        if key not in names:
            path = f"{place}.{key}" if place else key
            raise WrongMapping(f"{path} has no meaning. Known: {', '.join(names)}.", field=path)


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise WrongMapping(f"{place} is a text.", field=place)
    return value.strip()


def _column(value: Any, place: str) -> Column:
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 1:
            raise WrongMapping(f"{place}: positions count from 1.", field=place)
        return value
    return _text(value, place)


def _one_of(value: Any, allowed: Iterable[str], place: str) -> str:
    names = tuple(allowed)
    if value not in names:
        raise WrongMapping(f"{place} is one of: {', '.join(map(repr, names))}.", field=place)
    return str(value)


def _among(allowed: Iterable[str]) -> Callable[[Any, str], str]:
    return lambda value, place: _one_of(value, allowed, place)


def _dates(value: Any, place: str) -> str:
    form = _text(value, place)
    try:
        date_reader(form)
    except ValueError as error:
        raise WrongMapping(f"{place}: {error}.", field=place) from None
    return form


def _zone(value: Any, place: str) -> str:
    if value not in periods.zones():
        raise WrongMapping(f"{place} is a time zone such as Europe/Riga.", field=place)
    return ZoneInfo(value).key


def _currency(value: Any, place: str) -> str:
    if not isinstance(value, str) or value not in money.CURRENCIES:
        raise WrongMapping(f"{place} is a currency such as EUR.", field=place)
    return value


def _roles(value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise WrongMapping(f"{place} is a list of roles.", field=place)
    return tuple(_one_of(role, ROLES, place) for role in value)


def _targets(value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise WrongMapping(f"{place} is a list of columns.", field=place)
    for target in value:
        if not isinstance(target, str) or not CUSTOMERS.knows(target):
            raise WrongMapping(f"{place}: customers have no {target}.", field=place)
    return tuple(value)


def _whole(value: Any, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise WrongMapping(f"{place} is a whole number.", field=place)
    return value


def _yes_no(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise WrongMapping(f"{place} is true or false.", field=place)
    return value


def _separator(value: Any, place: str) -> str:
    return SEPARATORS[_one_of(value, SEPARATORS, place)]


def _quote(value: Any, place: str) -> str:
    return _one_of(value, QUOTES, place)


SETTINGS: Mapping[str, Callable[[Any, str], Any]] = MappingProxyType(
    {
        "dates": _dates,
        "zone": _zone,
        "currency": _currency,
        "through_roles": _roles,
        "manual_wins": _targets,
        "amount_max": _whole,
    }
)
CELL_VALUES: Mapping[str, Callable[[Any, str], Any]] = MappingProxyType(
    {
        "column": _column,
        "template": _text,
        "value": _text,
        "when": _when,
        "read": _among(READINGS),
        "dates": _dates,
        "plus_months": _column,
        "empty": _among(("keep", "clear")),
    }
)
FILE_VALUES: Mapping[str, Callable[[Any, str], Any]] = MappingProxyType(
    {
        "encoding": _among(ENCODINGS),
        "separator": _separator,
        "quote": _quote,
        "header": _yes_no,
        "skip_lines": _whole,
        "sheet": _text,
    }
)
