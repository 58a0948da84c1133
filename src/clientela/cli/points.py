"""Keeping points at the terminal: they end later, come back, go to others, or a debt is let go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from clientela.cli.loyalty import ON, family, named
from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database

if TYPE_CHECKING:
    from clientela.flows.hold_points import Held

Why = Annotated[str, typer.Option(help="Why, in your own words.")]


def register(app: typer.Typer) -> None:
    for command in (lots, extend, forgive, transfer, hold, settle, release):
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


@with_database(switch=ON)
def hold(
    customer: str,
    points: int,
    minutes: Annotated[int, typer.Option(help="How long at most.")] = 24 * 60,
    currency: Annotated[str, typer.Option(help="Which points, where there are several.")] = "",
) -> None:
    """Set a customer's points aside for an order elsewhere.

    Examples: clientela loyalty hold +37126124408 500 --minutes 30
              clientela loyalty hold cus_0190… 500 --json
    """
    from clientela.flows.hold_points import Wanted, hold_points

    who = actor()
    who.needs("loyalty.redeem")
    held = hold_points(Wanted(named(customer), points, minutes, currency), actor=who, now=now())
    _say_held(held)


@with_database(switch=ON)
def settle(
    hold: str,
    points: Annotated[int | None, typer.Option(help="How many; the rest is free again.")] = None,
) -> None:
    """Use points that are held (hld_…), once.

    Examples: clientela loyalty settle hld_0190…
              clientela loyalty settle hld_0190… --points 300
    """
    from clientela.flows.hold_points import settle_hold

    who = actor()
    who.needs("loyalty.redeem")
    _say_held(settle_hold(id_of("hld", hold), points, actor=who, now=now()))


@with_database(switch=ON)
def release(hold: str) -> None:
    """Free points that are held (hld_…).

    Examples: clientela loyalty release hld_0190…
              clientela loyalty release hld_0190… --json
    """
    from clientela.flows.hold_points import release_hold

    who = actor()
    who.needs("loyalty.redeem")
    _say_held(release_hold(id_of("hld", hold), actor=who, now=now()))


def _say_held(held: Held) -> None:
    state = held.state(now())
    told = {"id": str(held.hold), "state": state, "points": held.hold.amount, "used": held.used,
            "balance": held.balance}  # fmt: skip
    answer(told, f"{told['id']}: {held.hold.amount} points, {state}. {held.balance} can be used.")
