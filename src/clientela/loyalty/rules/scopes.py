"""Which lines of baskets a rule is for."""

from __future__ import annotations

import numpy as np

from clientela.loyalty.rules.baskets import Column, Columns, Flags, Line
from clientela.loyalty.rules.bodies import Scope


class Scopes:
    """Which lines a scope takes, found once for each scope."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.known: dict[object, Flags] = {None: np.ones(len(columns.lines), dtype=np.bool_)}

    def lines(self, scope: object) -> Flags:
        if scope not in self.known:
            assert isinstance(scope, Scope)
            taken = [_takes(scope, line) for line in self.columns.lines]
            self.known[scope] = np.asarray(taken, dtype=np.bool_) & self.columns.earning
        return self.known[scope]

    def summed(self, scope: object, per_line: Column) -> Column:
        if scope is None:
            return self.columns.summed(per_line)
        return self.columns.summed(np.where(self.lines(scope), per_line, 0))

    def has(self, scope: object) -> Flags:
        """Baskets with something of the scope left in them; an event is one thing without money."""
        left = self.columns.earning & ((self.columns.units > 0) | (self.columns.counts > 0))
        return self.columns.any(self.lines(scope) & left) & ~self.columns.paid_with_points


def _takes(scope: Scope, line: Line) -> bool:
    return bool(
        line.product in scope.products
        or not scope.categories.isdisjoint(line.categories)
        or not scope.tags.isdisjoint(line.tags)
    )


def both(one: Scope | None, other: Scope, scopes: Scopes) -> object:
    """Lines that both scopes take."""
    if one is None or one == other:
        return other
    key = (one, other)
    if key not in scopes.known:
        scopes.known[key] = scopes.lines(one) & scopes.lines(other)
    return key
