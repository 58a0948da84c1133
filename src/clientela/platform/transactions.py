"""Opening a transaction, and needing one.

A flow opens the only transaction; an action asserts that one is open. A deadlock or a
serialization failure repeats the whole flow, never a part of it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction

from clientela.platform.errors import OutcomeUnknown, Problem

P = ParamSpec("P")
R = TypeVar("R")

TRIES_MAX = 4
REPEATABLE = ("40001", "40P01")  # serialization_failure, deadlock_detected


@contextmanager
def open() -> Iterator[None]:
    """The transaction of a flow; inside another one it is a savepoint.

    OutcomeUnknown when the answer to its COMMIT was lost: it may stand, or not. Any other failure
    leaves nothing of it.
    """
    is_done = False
    try:
        with transaction.atomic():
            yield
            is_done = True
    except (OperationalError, InterfaceError) as fault:
        if is_done and not connection.in_atomic_block and sqlstate(fault) not in REPEATABLE:
            raise OutcomeUnknown(retry_after=1) from fault
        raise


def is_open() -> bool:
    """Whether a transaction is open: what opens another one opens a savepoint in it."""
    return connection.in_atomic_block


def needs_transaction(action: Callable[P, R]) -> Callable[P, R]:
    """Refuse to run outside a transaction: one half of a change must never stand alone."""

    @functools.wraps(action)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not connection.in_atomic_block:
            raise RuntimeError(f"{action.__module__}.{action.__name__} needs an open transaction")
        return action(*args, **kwargs)

    return guarded


class _Undone(Exception):
    """Takes back what was only tried."""


def tried(flow: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What a flow answers, with nothing of it written: it is run as it is and taken back."""
    found: list[R] = []
    with suppress(_Undone), open():
        found.append(flow(*args, **kwargs))
        raise _Undone
    return found[0]


def retried(flow: Callable[P, R]) -> Callable[P, R]:
    """Run the whole flow again, at most three times, when the database picked it as a victim."""

    @functools.wraps(flow)
    def persistent(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, TRIES_MAX + 1):
            try:
                return flow(*args, **kwargs)
            except OperationalError as error:
                last = attempt == TRIES_MAX or connection.in_atomic_block
                if last or sqlstate(error) not in REPEATABLE:
                    raise
        raise AssertionError("the last attempt returns or raises")

    return persistent


@contextmanager
def as_owner() -> Iterator[None]:
    """Act as the owner of the tables: what is append-only can be erased. Needs an open transaction.

    Only erasing and the periods of keeping do this; everything else works under the role that can
    not.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the owner acts in a transaction only")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('clientela.role', current_setting('role'), true)")
        cursor.execute("SET LOCAL ROLE NONE")
    yield
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', current_setting('clientela.role'), true),"
            " set_config('clientela.role', '', true)"
        )


def after_commit(call: Callable[[], object]) -> None:
    """Run `call` once the transaction is safe; not at all when it is rolled back."""
    transaction.on_commit(call)


@contextmanager
def refusing(**problems: type[Problem]) -> Iterator[None]:
    """Word a refusal of the database: constraint name -> the problem it means."""
    try:
        yield
    except IntegrityError as error:
        problem = problems.get(constraint(error) or "")
        if problem is None:
            raise
        raise problem from error


def sqlstate(error: Exception) -> str | None:
    """The five characters PostgreSQL gave for this error, None when the server gave none."""
    return getattr(error.__cause__, "sqlstate", None)


def constraint(error: Exception) -> str | None:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None)
