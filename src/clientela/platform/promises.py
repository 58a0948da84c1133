"""Which promises of docs/capabilities.md a test shows."""

from collections.abc import Callable
from typing import TypeVar

Shown = TypeVar("Shown", bound=Callable[..., object])
MARK = "promises"


def promise(*ids: str) -> Callable[[Shown], Shown]:
    """Mark a test, or a class of tests, as showing these promises: `@promise("LOY-34")`.

    `make check` fails on an id that docs/capabilities.md does not list, and on a promise listed as
    done that no test carries; so the ids are written out, never computed.
    """

    def mark(test: Shown) -> Shown:
        setattr(test, MARK, (*getattr(test, MARK, ()), *ids))
        return test

    return mark
