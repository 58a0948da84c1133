"""How long one statement may take: a list that needs longer is refused, not waited for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import OperationalError

from clientela.platform import sql, transactions
from clientela.platform.errors import Problem

CANCELLED = "57014"  # query_canceled
_inside: ContextVar[bool] = ContextVar("inside a limit", default=False)


@contextmanager
def within(milliseconds: int, refusal: Problem, *, alone: bool = False) -> Iterator[None]:
    """Each statement inside ends within this time, or all of it ends with `refusal`.

    Inside another limit that one goes on, unless this part may fail `alone`.
    """
    if _inside.get() and not alone:
        yield
        return
    token = _inside.set(True)
    try:
        with transactions.open():
            before = _set(str(milliseconds))
            yield
            _set(before)
    except OperationalError as fault:
        if transactions.sqlstate(fault) != CANCELLED:
            raise
        raise refusal from fault
    finally:
        _inside.reset(token)


def _set(timeout: str) -> str:
    """The limit that was in force until now."""
    row = sql.execute(
        "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)",
        [timeout], prepare=True,
    ).fetchone()  # fmt: skip
    assert row is not None
    return str(row[0])
