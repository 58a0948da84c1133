"""Control totals: every row and every minor unit that was read went somewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

OUTCOMES = (
    "new",
    "changed",
    "unchanged",
    "repeated",
    "overridden",
    "for_review",
    "without_customer",
    "rejected",
)
KNOWN = frozenset(OUTCOMES)
TAKEN = frozenset({"new", "changed"})  # their money is in the record because of this file


@dataclass(slots=True)
class Totals:
    """Counted twice: once where rows are read, once where their outcome is known.

    Money of a row is counted where it can be read, whatever becomes of the row; returns count
    negative.
    """

    read: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    read_minor: Counter[str] = field(default_factory=Counter)
    minor: Counter[tuple[str, str]] = field(default_factory=Counter)  # by (currency, outcome)

    def count_read(self, *, amount_minor: int | None = None, currency: str | None = None) -> None:
        self.read += 1
        if amount_minor is not None and currency is not None:
            self.read_minor[currency] += amount_minor

    def count(
        self,
        outcome: str,
        rows: int = 1,
        *,
        amount_minor: int | None = None,
        currency: str | None = None,
    ) -> None:
        """What became of some rows, with the sum of their money in one currency."""
        assert outcome in OUTCOMES, outcome
        self.rows[outcome] += rows
        if amount_minor is not None and currency is not None:
            self.minor[currency, outcome] += amount_minor

    def count_all(
        self, outcomes: Sequence[str], money: Sequence[tuple[str | None, int | None]]
    ) -> None:
        """Rows as they were read, each with what became of it and its (currency, amount)."""
        assert len(outcomes) == len(money)
        self.read += len(money)
        self.rows.update(outcomes)
        assert self.rows.keys() <= KNOWN, self.rows
        sums: dict[tuple[str | None, str], int] = {}  # few, and a Counter is slow to add to
        for outcome, (currency, amount) in zip(outcomes, money, strict=True):
            if amount is not None:
                place = currency, outcome
                sums[place] = sums.get(place, 0) + amount
        for (currency, outcome), amount in sums.items():
            if currency is not None:
                self.read_minor[currency] += amount
                self.minor[currency, outcome] += amount

    def add(self, other: Totals) -> None:
        """Take in what was counted in another part of the file."""
        self.read += other.read
        for mine, more in (
            (self.rows, other.rows),
            (self.read_minor, other.read_minor),
        ):
            for name, number in more.items():
                mine[name] += number
        for place, number in other.minor.items():
            self.minor[place] += number

    def open_rows(self) -> int:
        """Rows read whose outcome is not known; zero when the totals close."""
        return self.read - self.rows.total()

    def open_minor(self) -> dict[str, int]:
        """Money read that went nowhere, by currency; empty when the totals close."""
        left = Counter(self.read_minor)
        for (currency, _), number in self.minor.items():
            left[currency] -= number
        return {currency: number for currency, number in left.items() if number}

    def closes(self) -> bool:
        return self.open_rows() == 0 and not self.open_minor()

    def result(self, *, batch: str, kind: str, rejects_file: str | None = None) -> dict[str, Any]:
        """As every door answers an import."""
        return {
            "batch": batch,
            "kind": kind,
            "read": self.read,
            **{outcome: self.rows[outcome] for outcome in OUTCOMES},
            "rejects_file": rejects_file,
            "totals": {name: self._money(name) for name in sorted(self._currencies())},
        }

    def state(self) -> dict[str, Any]:
        """All counters as JSON, for a checkpoint; `from_state` reads it back."""
        return {
            "read": self.read,
            "rows": dict(self.rows),
            "read_minor": dict(self.read_minor),
            "minor": [[*place, number] for place, number in self.minor.items()],
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Totals:
        return cls(
            state.get("read", 0),
            Counter(state.get("rows", {})),
            Counter(state.get("read_minor", {})),
            Counter({(name, outcome): n for name, outcome, n in state.get("minor", [])}),
        )

    def _currencies(self) -> set[str]:
        return {*self.read_minor, *(currency for currency, _ in self.minor)}

    def _money(self, currency: str) -> dict[str, int]:
        """What was read, what was taken, and the other parts where they are not zero."""
        by_outcome = {name: self.minor[currency, name] for name in OUTCOMES}
        parts = {f"{name}_minor": n for name, n in by_outcome.items() if n and name not in TAKEN}
        taken = sum(by_outcome[name] for name in TAKEN)
        return {"read_minor": self.read_minor[currency], "taken_minor": taken, **parts}
