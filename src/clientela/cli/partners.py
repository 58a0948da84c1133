"""Partners at the terminal: what customers earned there, and the statements that settle it."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from clientela.cli.loyalty import named
from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database

app = typer.Typer(
    help="Partners: what customers earned there, and the monthly statements.", epilog=EVERYWHERE,
    no_args_is_help=True,
)  # fmt: skip
ON = "loyalty"
GIVES, SETTLES = "loyalty.record_events", "loyalty.see_books"
COLUMNS = ("reference", "customer", "points", "occurred_at")


@app.command("earn", epilog=EVERYWHERE)
@with_database(switch=ON)
def earn(
    partner: str,
    file: Annotated[Path, typer.Argument(help="CSV: reference, customer, points, occurred_at.")],
) -> None:
    """Book what customers earned at a partner, from a file; what is known changes nothing.

    Examples: clientela loyalty partners earn baltic-ferries earned.csv
              clientela loyalty partners earn baltic-ferries earned.csv --json
    """
    from clientela.flows.earn_at_partner import BATCH_ROWS_MAX, earn_at_partner

    who = actor()
    who.needs(GIVES)
    with file.open(encoding="utf-8-sig", newline="") as rows:
        told = [_told(row) for row in csv.DictReader(rows)]
    done = [
        one for start in range(0, len(told), BATCH_ROWS_MAX)
        for one in earn_at_partner(
            partner, told[start : start + BATCH_ROWS_MAX], actor=who, now=now()
        )
    ]  # fmt: skip
    counts = {state: sum(one.state == state for one in done)
              for state in ("new", "known", "conflict", "refused")}  # fmt: skip
    wrong = [
        {"row": number, "reference": one.reference, **one.error.as_dict()}
        for number, one in enumerate(done, start=2)
        if one.error
    ]
    lines = [f"row {one['row']} {one['reference']}: {one['detail']}" for one in wrong]
    words = ", ".join(f"{count} {state}" for state, count in counts.items())
    answer({**counts, "errors": wrong}, "\n".join([*lines, words]))
    if wrong:
        raise typer.Exit(1)


def _told(row: dict[str, str]) -> Any:
    from clientela.flows.earn_at_partner import Told
    from clientela.platform.errors import InvalidInput

    if missing := [name for name in COLUMNS if row.get(name) is None]:
        raise InvalidInput(f"The file has no column {missing[0]}.", field=missing[0])
    points = row["points"].strip()
    try:
        moment = datetime.fromisoformat(row["occurred_at"].strip())
    except ValueError:
        raise InvalidInput(
            "Write moments as 2026-11-20T14:03:00+02:00.", field="occurred_at"
        ) from None
    return Told(
        named(row["customer"].strip()), row["reference"].strip(),
        int(points) if points.isdecimal() else 0,
        moment if moment.tzinfo else moment.replace(tzinfo=UTC),
    )  # fmt: skip


@app.command("take-back", epilog=EVERYWHERE)
@with_database(switch=ON)
def take_back(
    partner: str, reference: str,
    cause: Annotated[str, typer.Option(help="Why, in your own words.")] = "",
) -> None:  # fmt: skip
    """Take back what was earned at a partner, by the partner's own reference.

    Examples: clientela loyalty partners take-back baltic-ferries T-77 --cause "ticket returned"
              clientela loyalty partners take-back baltic-ferries T-77 --json
    """
    from clientela.flows.earn_at_partner import take_back_earning

    who = actor()
    who.needs(GIVES)
    reversal, replayed = take_back_earning(partner, reference, cause=cause, actor=who, now=now())
    answer(
        {"points": reversal.points, "forgiven": reversal.forgiven, "replayed": replayed},
        f"{reversal.points} points went back, {reversal.forgiven} were used and are forgiven.",
    )  # fmt: skip


@app.command("settle", epilog=EVERYWHERE)
@with_database(switch=ON)
def settle(
    partner: str, month: Annotated[str, typer.Option(help="A month that is over: 2026-10.")]
) -> None:
    """Make the statement of a month with a partner; made once, the same ever after.

    Examples: clientela loyalty partners settle baltic-ferries --month 2026-10
              clientela loyalty partners settle baltic-ferries --month 2026-10 --json
    """
    from clientela.flows.partner_statements import settle_month
    from clientela.platform.errors import InvalidInput

    who = actor()
    who.needs(SETTLES)
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise InvalidInput("Write a month as 2026-10.", field="--month") from None
    made = settle_month(partner, first, actor=who, now=now())
    answer(_row(made), f"{made.public_id}: {made.lines_count} lines.")


@app.command("statements", epilog=EVERYWHERE)
@with_database(switch=ON)
def statements(
    partner: Annotated[str, typer.Argument(help="Its key; without it, of all.")] = "",
) -> None:
    """The statements there are, the newest first.

    Examples: clientela loyalty partners statements
              clientela loyalty partners statements baltic-ferries --json
    """
    from clientela.loyalty.queries import partners, travel

    actor().needs(SETTLES)
    found = partners.statements(travel.partner(partner) if partner else None, limit=200)
    lines = [f"{one.public_id}  {one.partner.key}  {one.month_on:%Y-%m}" for one in found]
    answer({"items": [_row(one) for one in found]}, "\n".join(lines) or "No statements yet.")


@app.command("statement", epilog=EVERYWHERE)
@with_database(switch=ON)
def statement(
    statement: Annotated[str, typer.Argument(help="Id of the statement, pst_….")],
    file: Annotated[Path, typer.Argument(help="Where it goes: a .pdf or a .csv.")],
) -> None:
    """Write a statement as PDF or CSV, in the partner's language.

    Examples: clientela loyalty partners statement pst_0190… october.pdf
              clientela loyalty partners statement pst_0190… october.csv
    """
    from clientela.flows import partner_statements
    from clientela.loyalty.queries import partners

    actor().needs(SETTLES)
    found = partners.statement(id_of("pst", statement))
    is_csv = file.suffix.lower() == ".csv"
    content = partner_statements.csv_of(found).encode() if is_csv else \
        partner_statements.pdf_of(found)  # fmt: skip
    file.write_bytes(content)
    answer({"id": found.public_id, "file": str(file)}, f"Written to {file}.")


def _row(one: Any) -> dict[str, Any]:
    return {
        "id": one.public_id, "partner": one.partner.key, "month": f"{one.month_on:%Y-%m}",
        "earned": one.earned, "taken_back": one.taken_back, "used": one.used,
        "given_back": one.given_back, "earned_minor": one.earned_minor,
        "burned_minor": one.burned_minor, "currency": one.money_code, "lines": one.lines_count,
    }  # fmt: skip
