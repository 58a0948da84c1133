"""Spending habits at the terminal. They are kept without the points programme too."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from clientela.cli import naming
from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, say, with_database

app = typer.Typer(
    help="What customers usually buy, when and where.", epilog=EVERYWHERE, no_args_is_help=True
)


@app.command(epilog=EVERYWHERE)
@with_database()
def show(
    customer: str,
    by: Annotated[
        str,
        typer.Option(
            help="category, month, channel, weekday, hour, basket, place, coupon or reward."
        ),
    ] = "category",
    first: Annotated[str, typer.Option("--from", help="First month: 2026-01-01.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last month: 2026-12-31.")] = "",
) -> None:
    """What a customer usually buys; by id (cus_…) or phone number.

    Examples: clientela loyalty habits show +37126124408
              clientela loyalty habits show cus_0190… --by weekday --from 2026-01-01 --json
    """
    from clientela.flows import customer_habits, told_habits

    actor().needs("purchases.view")
    family = naming.family(customer)
    found = customer_habits.habits_of(family, now=now(), first=_day(first), last=_day(last))
    items = customer_habits.by(found, by)
    lines = [_line(one) for one in items] if found.is_kept else ["No habits are kept."]
    answer(
        {"by": by, "first_on": found.first_on, "last_on": found.last_on, "is_kept": found.is_kept,
         "profile": told_habits.profile(found), "items": [told_habits.item(one) for one in items]},
        "\n".join(lines) or "Nothing was bought.",
    )  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database()
def fold() -> None:
    """Fold what was bought since the last time; the worker does it every five seconds.

    Examples: clientela loyalty habits fold
              clientela loyalty habits fold --json
    """
    from clientela.flows import fold_habits

    actor().needs("loyalty.configure")
    count = fold_habits.fold(now=now())
    answer({"records": count}, f"{count} records folded.")


@app.command(epilog=EVERYWHERE)
@with_database()
def rebuild(
    current_categories: Annotated[
        bool, typer.Option(help="File what was bought under the categories products have today.")
    ] = False,
) -> None:
    """Count all habits anew from what was bought; reads stay exact meanwhile. Stopped, it goes on.

    Examples: clientela loyalty habits rebuild
              clientela loyalty habits rebuild --current-categories --json
    """
    from clientela.flows import fold_habits

    actor().needs("loyalty.configure")
    count = fold_habits.rebuild(
        now=now(), anew=True, current_categories=current_categories,
        told=lambda done: say(f"{done} records"),
    )  # fmt: skip
    answer({"records": count}, f"The habits of {count} records are counted anew.")


def _line(one: Any) -> str:
    from clientela.platform.money import Money

    words = one.labels.get("en") or one.key or "other"
    if one.points is not None:
        return f"{words}  {one.uses}  {one.points} points"
    if one.uses is not None:
        off = one.discount_minor
        shown = "" if off is None else Money(off, one.currency).shown("en")
        return f"{words}  {one.uses}  {shown}".rstrip()
    return f"{words}  {one.purchases}  {Money(one.spent_minor, one.currency).shown('en')}"


def _day(text: str) -> date | None:
    from clientela.platform import periods
    from clientela.platform.errors import InvalidInput

    try:
        return periods.parse_date(text, "ymd") if text else None
    except periods.BadDate:
        raise InvalidInput(f"{text} is no day; write 2026-01-31.") from None
