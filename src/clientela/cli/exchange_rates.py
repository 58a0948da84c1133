"""Rates of exchange at the terminal."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, in_batches, now, with_database

if TYPE_CHECKING:
    from clientela.loyalty.actions.rates import NewRate

app = typer.Typer(help="Rates of exchange.", epilog=EVERYWHERE, no_args_is_help=True)
ON = "loyalty"
AT_ONCE = 10_000
NONE = ("", "N/A")


@app.command("list", epilog=EVERYWHERE)
@with_database(switch=ON)
def listed(money: Annotated[str | None, typer.Argument(help="Of which money.")] = None) -> None:
    """The last recorded first.

    Examples: clientela loyalty exchange-rates list USD
              clientela loyalty exchange-rates list --json
    """
    from clientela.flows.rule_words import rate_words
    from clientela.loyalty.queries import rates

    actor().needs("loyalty.view")
    found = rates.listed(money=money, limit=200)
    rows = [
        {"currency": one.money, "home": one.home, "day": one.day.isoformat(),
         "rate": rates.written(one), "per": "home" if one.for_one_home else "currency",
         "source": one.source}
        for one in found
    ]  # fmt: skip
    lines = [rate_words(rates.told(one)) for one in found]
    answer({"items": rows}, "\n".join(lines) or "No rates yet.")


@app.command("import", epilog=EVERYWHERE)
@with_database(switch=ON)
def import_(
    file: Path,
    source: Annotated[str, typer.Option(help="Whose rates these are.")] = "",
) -> None:
    """Rates from a CSV file: `currency,day,rate` and `per` (currency or home), or a table as the
    European Central Bank publishes it, `Date,USD,JPY,…`, of each money for one euro.

    Examples: clientela loyalty exchange-rates import eurofxref-hist.csv --source ECB
              clientela loyalty exchange-rates import rates.csv --json
    """
    from clientela.flows.record_rates import record_rates

    who = actor()
    who.needs("loyalty.configure")
    new = known = earned = 0
    more = False
    for some in in_batches(_read(file), AT_ONCE):
        done = record_rates(some, source=source or file.stem, actor=who, now=now())
        new += sum(done.fresh)
        known += len(done.fresh) - sum(done.fresh)
        earned, more = earned + done.earned, more or done.more
    words = f"{new} rates are new, {known} were known."
    if earned:
        words += f" {earned} purchases that had waited for them have earned."
    if more:
        words += " The worker goes on with the others."
    answer({"new": new, "known": known, "earned": earned, "more": more}, words)


@app.command("wanted", epilog=EVERYWHERE)
@with_database(switch=ON)
def wanted() -> None:
    """Days and moneys that purchases wait for: they earned nothing for want of a rate.

    Examples: clientela loyalty exchange-rates wanted
              clientela loyalty exchange-rates wanted --json
    """
    from clientela.loyalty.queries import rates

    actor().needs("loyalty.view")
    found = rates.wanted(limit=200)
    rows = [
        {"currency": one.money, "home": one.home, "day": one.day.isoformat(),
         "purchases": one.purchases}
        for one in found
    ]  # fmt: skip
    lines = [f"{one.day:%Y-%m-%d} {one.money}: {one.purchases}" for one in found]
    answer({"items": rows}, "\n".join(lines) or "No purchase waits for a rate.")


def _read(file: Path) -> Iterator[NewRate]:
    from clientela.platform.errors import InvalidInput

    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        names = [name.strip() for name in rows.fieldnames or ()]
        rows.fieldnames = names
        if {"currency", "day", "rate"} <= set(names):
            yield from (_plain(row, rows.line_num) for row in rows)
        elif names[:1] == ["Date"]:
            for row in rows:
                yield from _of_a_day(row, names[1:], rows.line_num)
        else:
            raise InvalidInput("Use the columns currency, day and rate.", field="file")


def _plain(row: dict[str, str], line: int) -> NewRate:
    from clientela.loyalty.actions.rates import NewRate
    from clientela.platform.errors import InvalidInput

    per = (row.get("per") or "currency").strip()
    if per not in {"currency", "home"}:
        raise InvalidInput(f"Line {line}: per is currency or home.", field="per")
    money, rate = row["currency"].strip(), row["rate"].strip()
    return NewRate(money, _day(row["day"], line), rate, per == "home")


def _of_a_day(row: dict[str, str], moneys: list[str], line: int) -> Iterator[NewRate]:
    from clientela.loyalty.actions.rates import NewRate

    day = _day(row["Date"], line)
    for money in moneys:
        rate = (row.get(money) or "").strip()
        if money and rate not in NONE:
            yield NewRate(money, day, rate, for_one_home=True)


def _day(text: str, line: int) -> date:
    from clientela.platform.errors import InvalidInput

    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(f"Line {line}: write a day as 2026-11-20.", field="day") from None
