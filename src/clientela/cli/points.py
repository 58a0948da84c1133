"""Keeping points at the terminal: they end later, come back, go to others, or a debt is let go."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clientela.cli.loyalty import ON, family, named
from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database

Why = Annotated[str, typer.Option(help="Why, in your own words.")]


def register(app: typer.Typer) -> None:
    for command in (lots, extend, forgive, transfer):
        app.command(epilog=EVERYWHERE)(command)


@with_database(switch=ON)
def lots(
    customer: str,
    everything: Annotated[bool, typer.Option("--all", help="What is used or over too.")] = False,
) -> None:
    """A customer's lots of points: what is left of each, and until when.

    Examples: clientela loyalty lots +37126124408
              clientela loyalty lots cus_0190… --all --json
    """
    from clientela.loyalty.queries import lots as reads

    actor().needs("loyalty.view")
    moment = now()
    rows: list[dict[str, Any]] = [
        {"id": f"lot_{one.lot.id.hex}", "currency": one.currency, "remaining": one.lot.remaining,
         "amount": one.lot.amount, "state": one.state(moment),
         "last_on": one.last_on.isoformat() if one.last_on else None}
        for one in reads.lots_of(family(customer), open_only=not everything, limit=200)
    ]  # fmt: skip
    lines = [
        f"{row['id']}  {row['remaining']} of {row['amount']} {row['currency']}  {row['state']}"
        f"  {row['last_on'] or '-'}"
        for row in rows
    ]
    answer({"items": rows}, "\n".join(lines) or "No points yet.")


@with_database(switch=ON)
def extend(
    lot: str, last_on: Annotated[str, typer.Option(help="The last day, 2027-03-31.")], reason: Why
) -> None:
    """Let points be used through another day; what is over comes back.

    Examples: clientela loyalty extend lot_0190… --last-on 2027-03-31 --reason "Strike of the post"
              clientela loyalty extend lot_0190… --last-on 2027-03-31 --reason "Promised" --json
    """
    from clientela.flows import keep_points
    from clientela.platform import periods

    who = actor()
    who.needs("loyalty.adjust")
    done = keep_points.extend_points(
        id_of("lot", lot), last_on=periods.parse_date(last_on, "ymd"), reason=reason, actor=who,
        now=now(),
    )  # fmt: skip
    told = {
        "lot": lot, "points": done.points, "last_on": done.last_on.isoformat(),
        "posting": None if done.posting_id is None else f"pos_{done.posting_id}",
    }  # fmt: skip
    answer(told, f"{done.points} points can be used through {done.last_on}.")


@with_database(switch=ON)
def forgive(
    customer: str, reason: Why,
    currency: Annotated[str, typer.Option(help="Which points.")] = "points",
    points: Annotated[int | None, typer.Option(help="How many; all by default.")] = None,
) -> None:  # fmt: skip
    """Let go what a customer owes in points.

    Examples: clientela loyalty forgive +37126124408 --reason "Our mistake"
              clientela loyalty forgive cus_0190… --points 50 --reason "Our mistake" --json
    """
    from clientela.flows import keep_points

    who = actor()
    who.needs("loyalty.adjust")
    done = keep_points.forgive_debt(
        named(customer), currency=currency, points=points, reason=reason, actor=who, now=now()
    )
    told = {"points": done.points, "postings": [f"pos_{one}" for one in done.postings]}
    answer(told, f"{done.points} points forgiven.")


@with_database(switch=ON)
def transfer(
    sender: str,
    receiver: str,
    points: int,
    currency: Annotated[str, typer.Option(help="Which points.")] = "points",
    reason: Annotated[str, typer.Option(help="Why, where it should be kept.")] = "",
) -> None:
    """Give points of one member to another; each by id (cus_…) or phone number.

    Examples: clientela loyalty transfer +37126124408 +37126123456 500
              clientela loyalty transfer cus_0190… cus_0191… 500 --json
    """
    from dataclasses import asdict

    from clientela.flows.transfer_points import transfer_points
    from clientela.platform import ids

    who = actor()
    who.needs("loyalty.adjust")
    done = transfer_points(
        named(sender), named(receiver), currency=currency, points=points, reason=reason, actor=who,
        now=now(),
    )  # fmt: skip
    told = {**asdict(done), "sender": ids.public("cus", done.sender),
            "receiver": ids.public("cus", done.receiver)}  # fmt: skip
    answer(told, f"{done.points} points given, {done.balance} left.")
