"""Checks on points at the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, number_of, with_database


def register(app: typer.Typer) -> None:
    app.command("checks", epilog=EVERYWHERE)(checks)
    app.command("claw-back", epilog=EVERYWHERE)(claw_back)
    app.command("holds", epilog=EVERYWHERE)(holds)


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
         "by": one.posting.actor, "decided": one.decision.verdict if one.decision else None}
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


@with_database(switch="loyalty")
def claw_back(
    posting: Annotated[str, typer.Argument(help="Of the return, as `checks` lists it.")],
    verdict: Annotated[str, typer.Argument(help="take or leave")],
    reason: Annotated[str, typer.Option(help="Why.")],
    points: Annotated[int | None, typer.Option(help="How many; else all there are.")] = None,
) -> None:
    """Decide once about points that a return could not take back.

    Examples: clientela loyalty claw-back pos_4711 take --reason "Bought and returned twice"
              clientela loyalty claw-back pos_4711 leave --reason "Our own fault"
    """
    from clientela.flows import decide_clawback
    from clientela.platform.errors import InvalidInput

    who = actor()
    who.needs("loyalty.decide_adjustment")
    number = number_of("pos", posting)
    if verdict == "take":
        made = decide_clawback.take_back(
            number, points, reason=reason, actor=who, now=now()
        )  # fmt: skip
    elif verdict == "leave":
        made = decide_clawback.let_go(number, reason=reason, actor=who, now=now())
    else:
        raise InvalidInput("Say take or leave.", field="verdict")
    answer(
        {"posting": posting, "verdict": made.verdict, "points": made.points},
        f"{made.points} points are taken back." if made.points else "They are let go.",
    )


@with_database(switch="loyalty")
def holds(
    customer: Annotated[str | None, typer.Argument(help="Whose: id or phone number.")] = None,
) -> None:
    """Points set aside for orders elsewhere that nobody has settled yet.

    Examples: clientela loyalty holds
              clientela loyalty holds +37126124408 --json
    """
    from clientela.cli.loyalty import family
    from clientela.flows import hold_points
    from clientela.platform import ids

    actor().needs("loyalty.view")
    whose = None if customer is None else family(customer)
    rows = [
        {"id": ids.public("hld", one.hold.id), "points": one.hold.amount,
         "customer": ids.public("cus", one.hold.customer_id), "source": one.source,
         "reference": one.reference,
         "until": one.hold.expires_at.isoformat() if one.hold.expires_at else None}
        for one in hold_points.open_holds(now=now(), family=whose, limit=200)
    ]  # fmt: skip
    lines = [f"{row['id']}  {row['points']}  until {row['until']}  {row['source']} "
             f"{row['reference']}".rstrip() for row in rows]  # fmt: skip
    answer({"items": rows}, "\n".join(lines) or "Nothing is set aside.")
