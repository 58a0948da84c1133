"""Checks on points at the terminal."""

from __future__ import annotations

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database


def register(app: typer.Typer) -> None:
    app.command("checks", epilog=EVERYWHERE)(checks)


@with_database(switch="loyalty")
def checks() -> None:
    """Staff who earned themselves, what people moved by hand today, and points that were let go.

    Examples: clientela loyalty checks
              clientela loyalty checks --json
    """
    from clientela.flows import watch_points
    from clientela.platform import ids

    actor().needs("loyalty.decide_adjustment")
    own = [
        {"person": one.person, "customer": ids.public("cus", one.customer_id),
         "posting": f"pos_{one.posting_id}", "points": one.points, "at_the_till": one.at_the_till}
        for one in watch_points.own_points(now=now())
    ]  # fmt: skip
    moved = [
        {"person": one.person, "currency": one.currency.code, "points": one.points,
         "times": one.times, "day_max": one.currency.adjust_day_max}
        for one in watch_points.moved_today(now=now())
    ]  # fmt: skip
    let_go = [
        {"customer": ids.public("cus", one.posting.customer_id), "points": one.points,
         "posting": one.posting.public_id, "kind": one.posting.kind, "reason": one.reason,
         "by": one.posting.actor}
        for one in watch_points.let_go()
    ]  # fmt: skip
    lines = [
        *(f"own     {one['person']}  {one['points']}  {one['posting']}" for one in own),
        *(f"moved   {one['person']}  {one['points']} of {one['day_max']} today" for one in moved),
        *(f"let go  {one['customer']}  {one['points']}  {one['reason']}" for one in let_go),
    ]
    answer(
        {"own": own, "moved": moved, "let_go": let_go}, "\n".join(lines) or "Nothing to look at."
    )
