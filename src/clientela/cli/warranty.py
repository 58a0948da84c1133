"""Warranty at the terminal: plans, checks, claims."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from clientela.cli.files import written
from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database

app = typer.Typer(help="Plans, coverage checks and claims.", epilog=EVERYWHERE,
                  no_args_is_help=True)  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database(switch="warranty")
def check(
    serial: str,
    fault_on: Annotated[str, typer.Option(help="Day of the fault, YYYY-MM-DD; today.")] = "",
    component: Annotated[str, typer.Option(help="The part that failed, by its path.")] = "",
    cost_type: Annotated[str, typer.Option(help="parts, labour, travel …")] = "",
) -> None:
    """Is it covered, why, by whom and until when.

    Examples: clientela warranty check 4471-XK-20931 --fault-on 2026-11-09
              clientela warranty check 4471-XK-20931 --component motor --json
    """
    from clientela.flows.check_coverage import Asked, check_coverage
    from clientela.flows.told_covers import checked

    actor().needs("warranty.view")
    asked = Asked(serial=serial, fault_on=_day(fault_on, "--fault-on"), component=component,
                  cost_type=cost_type)  # fmt: skip
    found = checked(check_coverage(asked, now=now()))
    answer(found, _verdict(found))


@app.command(epilog=EVERYWHERE)
@with_database(switch="warranty")
def plans() -> None:
    """The plans with their newest terms.

    Example: clientela warranty plans --json
    """
    from clientela.flows.told_covers import plan_shown
    from clientela.warranty.queries import book

    actor().needs("warranty.view")
    found = [plan_shown(plan) for plan in book.plans()]
    words = (
        f"{plan['code']}  {plan['layer']}  version {len(plan['versions'])}  "
        f"{plan['product'] or 'free'}"
        for plan in found
    )
    answer(found, "\n".join(words) or "There are no plans yet.")


@app.command(epilog=EVERYWHERE)
@with_database(switch="warranty")
def define(file: Path) -> None:
    """Define a plan, or several, from a JSON or TOML file; terms that were sold are frozen.

    Example: clientela warranty define care-plus.toml
    """
    from clientela.flows.define_warranty import define_plan

    who = actor()
    who.needs("warranty.configure")
    document = written(file)
    listed = document.get("plans", [document]) if isinstance(document, dict) else document
    saved = []
    for one in listed:
        plan, state = define_plan(one, actor=who, now=now())
        saved.append({"code": plan.code, "state": state})
    answer(saved, "\n".join(f"{one['code']}  {one['state']}" for one in saved))


@app.command(epilog=EVERYWHERE)
@with_database(switch="warranty")
def claims(state: Annotated[str, typer.Option(help="Only claims in this state.")] = "") -> None:
    """The latest claims.

    Example: clientela warranty claims --state submitted
    """
    from clientela.platform.errors import InvalidInput
    from clientela.warranty.queries import claims as reads
    from clientela.warranty.rules.claims import STATES

    actor().needs("warranty.view")
    if state and state not in STATES:
        raise InvalidInput(f"A state is one of {', '.join(STATES)}.", field="--state")
    found = reads.page_of(states=[state] if state else [])
    sums = reads.sums_of(found)
    rows = [
        {"number": one.shown, "state": one.state, "fault_on": one.fault_on.isoformat(),
         "claimed_minor": sums[one.id][0], "payable_minor": sums[one.id][1],
         "currency": one.currency}
        for one in found
    ]  # fmt: skip
    answer(rows, "\n".join(
        f"{row['number']}  {row['state']}  {row['fault_on']}" for row in rows
    ) or "There are no claims.")  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database(switch="warranty")
def claim(number: str) -> None:
    """One claim with its lines, decisions and what was done.

    Example: clientela warranty claim W-000287 --json
    """
    from clientela.flows.told_claims import claim_shown
    from clientela.warranty.queries import claims as reads

    actor().needs("warranty.view")
    found = claim_shown(reads.get(number))
    lines = [f"{found['number']}  {found['state']}  fault of {found['fault_on']}"]
    lines += [
        f"  {line['line']}. {line['cost_type']}  claimed {line['claimed_minor']}"
        f"  pays {line['payable_minor']} {found['claimed']['currency']}  {line['payer']}"
        for line in found["lines"]
    ]
    answer(found, "\n".join(lines))


def _day(text: str, field: str) -> Any:
    from datetime import date

    from clientela.platform.errors import InvalidInput

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput("Write a date as YYYY-MM-DD.", field=field) from None


def _verdict(found: dict[str, Any]) -> str:
    lines = [found["answer"].replace("_", " ")]
    if found["by"]:
        lines[0] += f" until {found['until']}, by {found['by']['name']}"
    if found["resembles"]:
        lines.append(f"Did you mean {found['resembles']}?")
    lines += [
        f"  {plan['layer']}  {plan['name']}  {plan['answer']}: {', '.join(plan['reasons'])}"
        for plan in found["plans"]
    ]
    return "\n".join(lines)
