"""Recompute what is derived and compare: every check that an app declares, in one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from clientela.platform import sql
from clientela.platform.declare import Check, house


@dataclass(frozen=True, slots=True)
class Verified:
    """`rows` looked at, `wrong` of them, up to ten `examples`."""

    name: str
    rows: int
    wrong: int
    examples: list[str]


def verify(names: Sequence[str] = ()) -> list[Verified]:
    """Run all checks, or those named, without stopping anyone's work."""
    wanted = [(app.label, check) for app in house() for check in app.checks]
    is_inside = connection.in_atomic_block  # then its snapshot is taken, and is good enough
    with transaction.atomic():
        if not is_inside:
            sql.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return [_run(label, check) for label, check in wanted if not names or check.name in names]


def _run(app: str, check: Check) -> Verified:
    sql.execute("SET LOCAL statement_timeout = 0")
    if check.run is not None:
        return Verified(check.name, *check.run())
    rows, wrong, examples = sql.statement(app, check.statement).row(size=10**6) or (0, 0, None)
    return Verified(check.name, rows, wrong, list(examples or ()))
