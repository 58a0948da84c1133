"""The company's own settings."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database

app = typer.Typer(help="The company's own settings.", epilog=EVERYWHERE, no_args_is_help=True)


@app.command("set", epilog=EVERYWHERE)
@with_database()
def set_(  # noqa: PLR0917 - a command's options
    name: Annotated[str | None, typer.Option()] = None,
    currency: Annotated[str | None, typer.Option(help="Such as EUR.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Such as Europe/Riga.")] = None,
    country: Annotated[str | None, typer.Option(help="For phone numbers, such as LV.")] = None,
    language: Annotated[str | None, typer.Option(help="en, es or lv.")] = None,
    off: Annotated[
        str | None, typer.Option(help="Programmes switched off, such as loyalty.")
    ] = None,
) -> None:
    """Change what is given.

    Examples: clientela company set --name "Mežrozes" --country LV --time-zone Europe/Riga
              clientela company set --off loyalty
    """
    from clientela.platform import transactions
    from clientela.staff import company

    who = actor()
    who.needs("staff.configure")
    given: dict[str, Any] = {
        "name": name, "currency": currency, "time_zone": time_zone, "country": country,
        "language": language,
    }  # fmt: skip
    values = {key: value for key, value in given.items() if value is not None}
    if off is not None:
        values["off"] = [switch for switch in off.replace(",", " ").split() if switch]
    with transactions.open():
        after = company.change(values, actor=who, now=now())
    _tell(after)


@app.command(epilog=EVERYWHERE)
@with_database()
def show() -> None:
    """The settings in force."""
    from clientela.staff import company

    _tell(company.read())


def _tell(settings: Any) -> None:
    values = asdict(settings)
    answer(values, "\n".join(_line(name, value) for name, value in values.items()))


def _line(name: str, value: Any) -> str:
    shown = ", ".join(value) if isinstance(value, tuple) else value
    return f"{name}: {shown or '–'}"
