"""Proof that what is derived agrees with what happened."""

from __future__ import annotations

from typing import Annotated

import typer

from clientela.cli import DAMAGE, DONE
from clientela.cli.surroundings import EVERYWHERE, answer, with_database


def register(app: typer.Typer) -> None:
    app.command(epilog=EVERYWHERE)(verify)


@with_database()
def verify(
    check: Annotated[
        list[str] | None, typer.Argument(help="Names of checks; all by default.")
    ] = None,
) -> int:
    """Recompute everything derived and compare; exit code 6 when anything differs.

    Examples: clientela verify
              clientela verify "balances are ledgers" --json
    """
    from clientela.flows.verify import verify as run

    checks = run(check or ())
    wrong = sum(one.wrong for one in checks)
    answer(
        {"ok": not wrong, "checks": [
            {"name": one.name, "rows": one.rows, "wrong": one.wrong, "examples": one.examples}
            for one in checks
        ]},
        "\n".join(
            f"{'ok   ' if not one.wrong else 'WRONG'}  {one.name}: {one.rows} rows"
            + (f", {one.wrong} wrong: {', '.join(one.examples)}" if one.wrong else "")
            for one in checks
        ),
    )  # fmt: skip
    return DAMAGE if wrong else DONE
