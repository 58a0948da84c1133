"""The books of points at the terminal."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, confirmed, now, with_database

app = typer.Typer(
    help="What is owed in points, by closed month.", epilog=EVERYWHERE, no_args_is_help=True
)
ON = "loyalty"


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def close(
    month: Annotated[str, typer.Option(help="2026-10; without it the next in turn.")] = "",
    currency: Annotated[str, typer.Option(help="Which points; without it the first kind.")] = "",
) -> None:
    """Close a month for good; refused where cohorts and ledger do not come to the same points.

    Examples: clientela loyalty liability close --yes
              clientela loyalty liability close --month 2026-10 --yes --json
    """
    from clientela.flows import books
    from clientela.platform.errors import InvalidInput

    who = actor()
    who.needs("loyalty.close_books")
    wanted = month_of(month)
    if not confirmed("A closed month stays as it is. Close it?"):
        raise InvalidInput("Not closed; say --yes.")
    made = books.close_liability_month(currency=currency, month=wanted, actor=who, now=now())
    told = books.told(made)
    answer(told, _words(told))


@app.command("close-all", epilog=EVERYWHERE)
@with_database(switch=ON)
def close_all(
    through: Annotated[
        str, typer.Option(help="2026-10, the last to close; without it the last that is over.")
    ] = "",
    currency: Annotated[str, typer.Option(help="Which points; without it the first kind.")] = "",
) -> None:
    """Close every month up to one for good, each in its turn; one that does not tie stops it.

    Examples: clientela loyalty liability close-all --yes
              clientela loyalty liability close-all --through 2026-10 --yes --json
    """
    from clientela.flows import books
    from clientela.platform import patience
    from clientela.platform.errors import InvalidInput

    who = actor()
    who.needs("loyalty.close_books")
    wanted = month_of(through)
    if not confirmed("Closed months stay as they are. Close all of them?"):
        raise InvalidInput("Not closed; say --yes.")
    done = books.close_months(currency=currency, through=wanted, go_on=patience.without_end,
                              actor=who, now=now())  # fmt: skip
    told = books.told_closing(done)
    answer(told, _closed_words(told))
    if done.stopped is not None:
        raise typer.Exit(1)


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def report(
    month: Annotated[str, typer.Option(help="2026-10; without it the latest.")] = "",
    currency: Annotated[str, typer.Option(help="Which points; without it the first kind.")] = "",
) -> None:
    """The roll-forward of a closed month, by the month in which points were earned.

    Examples: clientela loyalty liability report
              clientela loyalty liability report --month 2026-10 --json
    """
    from clientela.flows import books

    actor().needs("loyalty.see_books")
    told = books.told(books.report(currency=currency, month=month_of(month)))
    answer(told, _words(told))


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def estimate(
    reason: Annotated[str, typer.Option(help="Why.")],
    percent: Annotated[
        float | None, typer.Option(help="Of the points, used in the end; without it the curve.")
    ] = None,
    currency: Annotated[str, typer.Option(help="Which points; without it the first kind.")] = "",
) -> None:
    """Expect another share of the points to be used, for months closed from now on.

    Examples: clientela loyalty liability estimate --percent 82.5 --reason "Survey of October"
              clientela loyalty liability estimate --reason "Back to the curve" --json
    """
    from clientela.flows import books

    who = actor()
    who.needs("loyalty.close_books")
    share = None if percent is None else round(percent * 10_000)
    made = books.estimate(currency=currency, share_ppm=share, reason=reason, actor=who, now=now())
    told = {"number": made.number, "share_ppm": made.share_ppm, "reason": made.reason}
    answer(told, f"Estimate {made.number} counts from now on.")


def month_of(text: str) -> date | None:
    from clientela.platform.errors import InvalidInput

    try:
        return date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        raise InvalidInput(f"{text} is no month; write 2026-10.") from None


def _closed_words(told: dict[str, Any]) -> str:
    lines = [f"{one['month']}  {one['points']}  {one['closing_minor'] / 100:.2f}"
             for one in told["closed"]]  # fmt: skip
    stopped = told["stopped"]
    if stopped:
        lines.append(f"{stopped['month']} is not closed: {stopped['detail']}")
    return "\n".join(lines) or "Nothing to close."


def _words(told: dict[str, Any]) -> str:
    lines = [
        f"{row['cohort']}  {row['opening_points']} + {row['issued']} - {row['redeemed']} used"
        f" - {row['expired']} expired - {row['reversed']} back = {row['closing_points']}"
        f"  {row['closing_minor'] / 100:.2f}"
        for row in told["cohorts"]
    ]
    end = f"{told['closing_minor'] / 100:.2f} {told['money']}"
    whole = (
        f"{told['month']}: {told['opening_minor'] / 100:.2f} + {told['deferred_minor'] / 100:.2f}"
        f" - {told['recognised_minor'] / 100:.2f} = {end}"
    )
    return "\n".join([*lines, whole])
