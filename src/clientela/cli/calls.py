"""Telephone lines, the calls over them, and a made-up telephone to try it with."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database

app = typer.Typer(help="Telephone lines and calls.", epilog=EVERYWHERE, no_args_is_help=True)
line = typer.Typer(help="Our telephone lines.", epilog=EVERYWHERE, no_args_is_help=True)
app.add_typer(line, name="line")


@line.command(epilog=EVERYWHERE)
@with_database()
def add(
    name: str,
    number: Annotated[str, typer.Option(help="Our number, such as +37164100000.")] = "",
    region: Annotated[
        str, typer.Option(help="How callers' numbers without + are read, such as LV.")
    ] = "",
    language: Annotated[str, typer.Option(help="en, es or lv.")] = "",
    person: Annotated[
        list[str] | None, typer.Option(help="E-mail of somebody it rings for; else all who serve.")
    ] = None,
) -> None:
    """Make a line. The address for the telephone system is shown this once.

    Examples: clientela calls line add Cēsis --number +37164100000 --region LV
              clientela calls line add Rīga --person liga@example.com --json
    """
    from clientela.flows import keep_lines

    who = actor()
    who.needs("staff.configure")
    opened = keep_lines.open_line(
        name=name, number=number, region=region, language=language, people=tuple(person or ()),
        actor=who, now=now(),
    )  # fmt: skip
    _shown_once(opened)


@line.command("list", epilog=EVERYWHERE)
@with_database()
def list_lines() -> None:
    """Every line; never a token."""
    from clientela.calls import queries

    actor().needs("staff.configure")
    lines = queries.lines()
    answer(
        [{"id": one.public_id, "name": one.name, "number": one.number, "region": one.region,
          "on": one.closed_at is None,
          "tokens": [token.shown for token in one.tokens.all() if token.ended_at is None]}
         for one in lines],
        "\n".join(
            f"{one.public_id}  {one.name}  {one.number}{'' if one.closed_at is None else '  off'}"
            for one in lines
        ) or "There are no lines yet.",
    )  # fmt: skip


@line.command(epilog=EVERYWHERE)
@with_database()
def rotate(name: str) -> None:
    """Make another address for a line; the one before it works until the next rotation.

    Examples: clientela calls line rotate Cēsis
              clientela calls line rotate Cēsis --json
    """
    from clientela.flows import keep_lines

    who = actor()
    who.needs("staff.configure")
    _shown_once(keep_lines.rotate(name, actor=who, now=now()))


@app.command("list", epilog=EVERYWHERE)
@with_database()
def list_(
    limit: Annotated[int, typer.Option(min=1, max=200, help="At most so many.")] = 50,
) -> None:
    """The latest calls, newest first."""
    from clientela.calls import queries

    actor().needs("calls.view")
    calls = queries.latest(limit)
    answer(
        [_as_json(call) for call in calls],
        "\n".join(
            f"{call.started_at:%Y-%m-%d %H:%M}  {call.direction:<3}  {call.state:<8}  "
            f"{call.number or call.match}  {call.line.name}"
            for call in calls
        ) or "There have been no calls yet.",
    )  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database()
def simulate(
    number: str,
    on: Annotated[str, typer.Option("--line", help="Name of the line; else the first.")] = "",
    answer_: Annotated[
        str, typer.Option("--answer", help="E-mail or extension of who takes it.")
    ] = "",
    hang_up: Annotated[bool, typer.Option("--hang-up", help="End it at once.")] = False,
) -> None:
    """Let a telephone ring with a call from NUMBER (`anonymous`: hidden), as a real one would.

    Examples: clientela calls simulate +37126124408
              clientela calls simulate 26124408 --answer agent@demo.example --hang-up
    """
    from clientela.calls import queries
    from clientela.calls.actions.lines import NoSuchLine
    from clientela.flows import simulate_call

    actor().needs("staff.configure")
    found = queries.line_named(on) if on else None
    if on and found is None:
        raise NoSuchLine(f"There is no line called {on}.")
    call = simulate_call.ring(number, line=found, now=now())
    if answer_:
        call = simulate_call.answer(call, person=answer_, now=now())
    if hang_up:
        call = simulate_call.hang_up(call, now=now())
    answer(_as_json(call), f"{call.public_id}  {call.state}  {call.match}")


def _as_json(call: Any) -> dict[str, Any]:
    return {
        "id": call.public_id, "line": call.line.name, "direction": call.direction,
        "number": call.number, "match": call.match, "state": call.state, "cause": call.cause,
        "started_at": call.started_at, "answered_at": call.answered_at,
        "ended_at": call.ended_at,
    }  # fmt: skip


def _shown_once(opened: Any) -> None:
    from clientela.staff import links

    address = links.telephone(opened.token)
    answer(
        {"id": opened.line.public_id, "name": opened.line.name, "token": opened.token,
         "address": address},
        f"{address}\n\nThis is shown once. Give it to the telephone system of {opened.line.name}.",
    )  # fmt: skip
