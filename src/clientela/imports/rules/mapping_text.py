"""Mapping files written: what a form says goes into the text, what it does not know stays."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from clientela.imports.rules.faults import WrongMapping

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
FIRST = ("kind", "source")
TEXTS = (["constants"], ["values"])  # whose values are always texts


def said_in(text: str) -> dict[str, Any]:
    """The members of a mapping. Raises `WrongMapping`."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WrongMapping(f"This is not TOML: {error}.") from None


def with_columns(
    said: Mapping[str, Any], columns: Mapping[str, Sequence[str]], constants: Mapping[str, str]
) -> dict[str, Any]:
    """The mapping with these columns; two columns of one target stand with a blank between them.

    How a column is read (`read`, `when`, `dates` …) stays as it was said.
    """
    before = said.get("columns", {})
    cells = {target: _cell(names, before.get(target)) for target, names in columns.items() if names}
    changed = {**said, "columns": cells, "constants": dict(constants)}
    return {name: value for name, value in changed.items() if value not in ({}, "", None)}


def columns_in(said: Mapping[str, Any]) -> dict[str, list[str]]:
    """Target -> its one or two columns, as a form shows them."""
    return {target: _names(cell) for target, cell in said.get("columns", {}).items()}


def is_plain(cell: Any) -> bool:
    """Whether a form shows all that is said of a target."""
    return not isinstance(cell, dict) or set(cell) <= {"column", "template"}


def with_said(text: str, words: Sequence[str]) -> str:
    """A mapping with more said of it, each as `dates=day-first`, `columns.name=Full name` or
    `file.skip_lines=3`; what it says already of these gives way. Raises `WrongMapping`.
    """
    said = said_in(text)
    for word in words:
        path, sign, value = word.partition("=")
        *tables, name = path.strip().split(".", 2)
        if not sign or not name:
            raise WrongMapping(f"{word} is not of the form key=value.", field="set")
        place = said
        for table in tables:
            place = place.setdefault(table, {})
            if not isinstance(place, dict):
                raise WrongMapping(f"{table} is not a table.", field=path)
        place[name] = _typed(value.strip()) if tables[:1] not in TEXTS else value.strip()
    return written(said)


def _typed(value: str) -> Any:
    """A number, a list, true or false as TOML writes them; all else is a text."""
    try:
        return tomllib.loads(f"it = {value}")["it"]
    except tomllib.TOMLDecodeError:
        return value


def written(said: Mapping[str, Any]) -> str:
    """As TOML: first what belongs to the whole file, then its tables."""
    plain = {name: value for name, value in said.items() if not isinstance(value, dict)}
    ordered = [name for name in FIRST if name in plain]
    ordered += [name for name in plain if name not in FIRST]
    lines = [f"{_key(name)} = {_value(plain[name])}" for name in ordered]
    for name, table in said.items():
        if isinstance(table, dict) and table:
            lines += _table([name], table)
    return "\n".join(lines) + "\n"


def _table(path: list[str], table: Mapping[str, Any]) -> list[str]:
    is_lists = path == ["values"]
    plain = {} if is_lists else table
    lines = ["", f"[{'.'.join(map(_key, path))}]"] if plain else []
    lines += [f"{_key(name)} = {_value(value)}" for name, value in plain.items()]
    for name, inner in table.items() if is_lists else ():
        lines += _table([*path, name], inner)
    return lines


def _cell(names: Sequence[str], before: Any) -> Any:
    origin = {"column": names[0]} if len(names) == 1 else {"template": _joined(names)}
    if not isinstance(before, dict):
        return names[0] if len(names) == 1 else origin
    if _names(before) == list(names):
        return before
    rest = {k: it for k, it in before.items() if k not in ("column", "template", "value")}
    return {**origin, **rest} if rest or len(names) > 1 else names[0]


def _joined(names: Sequence[str]) -> str:
    return " ".join("{" + name + "}" for name in names)


def _names(cell: Any) -> list[str]:
    """[] where a form has no place for it: a position, or a text around the columns."""
    if isinstance(cell, str):
        return [cell]
    if not isinstance(cell, dict):
        return [str(cell)]
    if "column" in cell:
        return [str(cell["column"])]
    found = re.findall(r"\{([^{}]+)\}", cell.get("template", ""))
    return found if _joined(found) == cell.get("template") else []


def _key(name: str) -> str:
    return name if BARE_KEY.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(it)}" for k, it in value.items()) + " }"
    return str(value)


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    escaped = re.sub(r"[\x00-\x1f\x7f]", lambda sign: f"\\u{ord(sign[0]):04x}", escaped)
    return f'"{escaped}"'
