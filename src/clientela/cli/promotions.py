"""Promotions at the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from clientela.cli.files import document
from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database

ON = "loyalty"


def register(app: typer.Typer) -> None:
    app.command("promotions", epilog=EVERYWHERE)(promotions)
    app.command("promote", epilog=EVERYWHERE)(promote)
    app.command("end-promotion", epilog=EVERYWHERE)(end_promotion)


@with_database(switch=ON)
def promotions() -> None:
    """Promotions, the latest first, with what is used of their budgets.

    Examples: clientela loyalty promotions
              clientela loyalty promotions --json
    """
    from clientela.loyalty.queries import promotions as reads
    from clientela.staff import company

    actor().needs("loyalty.view")
    today = company.current().today(now())
    rows = [_row(one, reads.state_of(one, today=today)) for one in reads.listed()]
    lines = [f"{row['key']}  {row['state']}  {row['days']}  {row['used']}" for row in rows]
    answer({"items": rows}, "\n".join(lines) or "There are no promotions.")


@with_database(switch=ON)
def promote(file: Path) -> None:
    """Bring a promotion to what a file says (TOML or JSON): days, audience, budget, rules.

    Examples: clientela loyalty promote spring.toml
              clientela loyalty promote spring.json --json
    """
    from clientela.flows import promotions as flow

    who = actor()
    who.needs("loyalty.publish")
    body = dict(document(file, of="programme"))
    currency = str(body.pop("currency", ""))
    made, state = flow.save_promotion(
        flow.values_from(body), currency=currency, actor=who, now=now()
    )
    answer({"key": made.key, "state": state}, f"{made.key}: {state}")


@with_database(switch=ON)
def end_promotion(key: str) -> None:
    """End a promotion now; what it gave stays.

    Examples: clientela loyalty end-promotion spring
              clientela loyalty end-promotion spring --json
    """
    from clientela.flows import promotions as flow

    who = actor()
    who.needs("loyalty.publish")
    done = flow.end_promotion(key, actor=who, now=now())
    answer({"key": done.key, "state": "ended"}, f"{done.key} ended.")


def _row(one: Any, state: str) -> dict[str, Any]:
    used = ", ".join(
        f"{row.used} of {row.most} {one.budget_unit}" + (f" ({row.value})" if row.value else "")
        for row in one.budgets.all()
    )
    return {
        "key": one.key, "state": state, "used": used if one.budget_unit else "no budget",
        "days": f"{one.first_day or '…'} – {one.last_day or '…'}",
    }  # fmt: skip
