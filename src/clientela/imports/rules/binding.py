"""A mapping applied to the header of one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter

from clientela.imports.rules.faults import Fault, MissingColumns, WrongMapping, of_value
from clientela.imports.rules.kinds import ATTRIBUTE
from clientela.imports.rules.layout import reject_columns_of
from clientela.imports.rules.mapping import ANY_OTHER, Cell, Column, ColumnMapping, When
from clientela.imports.rules.readings import READINGS
from clientela.imports.rules.templates import filled
from clientela.platform.formulas import GUARD, unguarded

Text = Callable[[list[str]], str]
VALUE_CODES = {"status": "unknown-status", "role": "unknown-role"}


class BadCell(ValueError):
    """A cell that cannot be read as the mapping says."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class Bound:
    """Where in a row each target stands. Raises `MissingColumns` for what is not there."""

    def __init__(self, mapping: ColumnMapping, header: Iterable[str]) -> None:
        self.mapping = mapping
        self.header = tuple(header)
        self._places = _places(self.header)
        self.cells = self._cells_by_name() if mapping.reads_by_name() else dict(mapping.columns)
        self._refuse_missing()

    def has(self, target: str) -> bool:
        return target in self.cells

    def shown(self, target: str) -> str:
        """What a person calls this target's column: its name in the file."""
        cell = self.cells.get(target)
        if cell is None or cell.column is None:
            return target
        return self.header[self.place(cell.column)]

    def place(self, column: Column) -> int:
        if isinstance(column, int):
            return column - 1
        return self._places[_key(column)][0]

    def text(self, target: str) -> Text:
        """How the text of a target is read from the cells of a row. May raise `BadCell`."""
        cell = self.cells[target]
        text = self._origin(cell)
        if cell.read is not None:
            text = self._reading(text, cell.read, target)
        if target in self.mapping.values:
            text = self._listed(text, target)
        if cell.when is not None:
            text = self._only_when(text, cell.when)
        return text

    def unmapped(self) -> tuple[str, ...]:
        """The columns of the file that nothing reads."""
        read = {self.place(column) for cell in self.cells.values() for column in cell.columns()}
        return tuple(name for place, name in enumerate(self.header) if name and place not in read)

    def _cells_by_name(self) -> dict[str, Cell]:
        kind = self.mapping.kind
        named = {
            target: Cell(column=target) for target in kind.targets if _key(target) in self._places
        }
        if kind.has_attributes:
            found = [name for name in self.header if _key(name).startswith(ATTRIBUTE)]
            named |= {_key(name): Cell(column=name) for name in found}
        return named | dict(self.mapping.columns)

    def _refuse_missing(self) -> None:
        missing = [t for t in self.mapping.kind.required if t not in self.cells]
        for cell in self.cells.values():
            missing += [str(column) for column in cell.columns() if not self._is_there(column)]
        if missing:
            raise MissingColumns(dict.fromkeys(missing), self.header)
        for cell in self.cells.values():
            for column in cell.columns():
                self._refuse_named_twice(column)

    def _is_there(self, column: Column) -> bool:
        if isinstance(column, int):
            return column <= len(self.header)
        return _key(column) in self._places

    def _refuse_named_twice(self, column: Column) -> None:
        if isinstance(column, str) and len(self._places[_key(column)]) > 1:
            raise WrongMapping(
                f"The file has several columns named {column}; name it by its position.",
                field=column,
            )

    def _origin(self, cell: Cell) -> Text:
        if cell.template is not None:
            return filled(cell.template, self.place)
        if cell.column is not None:
            cell_of = itemgetter(self.place(cell.column))
            guard = GUARD if self.mapping.guarded else None

            def from_cell(cells: list[str]) -> str:
                written: str = cell_of(cells).strip()
                return unguarded(written) if written[:1] == guard else written

            return from_cell
        value = cell.value or ""
        return lambda cells: value

    def _reading(self, text: Text, reading: str, target: str) -> Text:
        read, shown = READINGS[reading], self.shown(target)

        def through_reading(cells: list[str]) -> str:
            written = text(cells)
            try:
                return read(written) if written else ""
            except ValueError:
                fault = of_value(shown, "unreadable-value", written, reading=reading)
                raise BadCell(fault) from None

        return through_reading

    def _listed(self, text: Text, target: str) -> Text:
        listed, shown = self.mapping.values[target], self.shown(target)
        other = listed.get(ANY_OTHER)
        code = VALUE_CODES.get(target, "unknown-value")

        def from_list(cells: list[str]) -> str:
            written = text(cells)
            meant = listed.get(written)
            if meant is not None or not written:
                return meant or ""
            if other is None:
                raise BadCell(of_value(shown, code, written))
            return other

        return from_list

    def _only_when(self, text: Text, when: When) -> Text:
        place, among = self.place(when.column), frozenset(when.among)
        return lambda cells: text(cells) if cells[place].strip() in among else ""


def unmapped(mapping: ColumnMapping, header: Iterable[str]) -> tuple[str, ...]:
    """The columns of a file that a mapping does not read; those of a rejects file aside."""
    names = Bound(mapping, header).unmapped()
    return names[: len(names) - len(reject_columns_of(names))]


def _places(header: tuple[str, ...]) -> Mapping[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        places.setdefault(_key(name), []).append(place)
    return places


def _key(name: str) -> str:
    return name.strip().casefold()
