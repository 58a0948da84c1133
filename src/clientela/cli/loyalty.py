"""Points at the terminal."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from clientela.cli import books, habits, what_if
from clientela.cli.files import document
from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, say, with_database

if TYPE_CHECKING:
    from clientela.flows.quote_redemption import Quoted

app = typer.Typer(
    help="Points, rewards and tiers of customers.", epilog=EVERYWHERE, no_args_is_help=True
)
app.add_typer(habits.app, name="habits")
app.add_typer(books.app, name="liability")
what_if.register(app)
ON = "loyalty"


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def balance(customer: str) -> None:
    """What a customer can use, what is held and what expires when; by id (cus_…) or phone number.

    Examples: clientela loyalty balance +37126124408
              clientela loyalty balance cus_0190… --json
    """
    from clientela.flows import points

    actor().needs("loyalty.view")
    found = points.balances_of(family(customer), now=now())
    answer({"items": found}, "\n".join(_balance(one) for one in found) or "No points yet.")


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def rewards(
    customer: Annotated[str | None, typer.Argument(help="Whose: id or phone number.")] = None,
) -> None:
    """The catalogue; for a customer with what it costs them, and why they cannot have it.

    Examples: clientela loyalty rewards
              clientela loyalty rewards +37126124408 --json
    """
    from clientela.flows.offered_rewards import offers_for
    from clientela.loyalty.queries import rewards as reads

    actor().needs("loyalty.view")
    if customer is None:
        listed = [
            {"key": one.key, "kind": one.kind, "name": one.labels.get("en", one.key),
             "points": min((price.points for price in one.prices.all()), default=None)}
            for one in reads.catalogue()
        ]  # fmt: skip
    else:
        listed = [
            {"key": one.reward.key, "kind": one.reward.kind,
             "name": one.reward.labels.get("en", one.reward.key), "points": one.quote.points,
             "why_not": one.quote.why or None, "missing": one.quote.missing}
            for one in offers_for(family(customer), now=now())
        ]  # fmt: skip
    answer({"items": listed}, "\n".join(_reward(one) for one in listed) or "No rewards yet.")


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def redeem(  # noqa: PLR0917 - a command's options
    customer: str,
    reward: str,
    points: Annotated[int | None, typer.Option(help="Of what is had by blocks: how many.")] = None,
    iban: Annotated[str, typer.Option(help="For cash: the account; without it, the bill.")] = "",
    payee: Annotated[str, typer.Option(help="For cash: in whose name the account is.")] = "",
    wallet: Annotated[bool, typer.Option("--wallet", help="For cash: into the wallet.")] = False,
    traveller: Annotated[str, typer.Option(help="For a journey: who travels.")] = "",
    starts_on: Annotated[str, typer.Option(help="For a journey: 2027-05-01.")] = "",
    holding: Annotated[str, typer.Option(help="For months or cover: hol_….")] = "",
    member: Annotated[str, typer.Option(help="For miles: the membership's number.")] = "",
    trial: Annotated[bool, typer.Option(help="Only say what it would take and leave.")] = False,
) -> None:
    """Redeem a reward, by its key, for a customer.

    Examples: clientela loyalty redeem +37126124408 ten-off --trial
              clientela loyalty redeem cus_0190… cash --points 2000 --iban LV80BANK0000435195001
    """
    from clientela.flows.give_reward import Told
    from clientela.flows.quote_redemption import quote_redemption
    from clientela.flows.redeem_reward import Wanted, redeem_reward
    from clientela.loyalty.actions import cash
    from clientela.platform import periods

    who = actor()
    who.needs("loyalty.view" if trial else "loyalty.redeem")
    wanted = Wanted(
        customer=named(customer), reward=reward, points=points, traveller=traveller,
        payout=cash.payout(cash.way_of(iban, wallet=wallet), iban, payee),
        starts_on=periods.parse_date(starts_on, "ymd") if starts_on else None, channel="cli",
        told=Told(id_of("hol", holding) if holding else None, member),
    )  # fmt: skip
    if trial:
        answer(*_quoted(quote_redemption(wanted, actor=who, now=now())))
        return
    done = redeem_reward(wanted, actor=who, now=now())
    made = done.redemption
    told: dict[str, Any] = {
        "id": made.public_id, "points": made.points, "balance": done.balance,
        "coupon": done.coupon.number if done.coupon else None,
        "cash_out": done.cash_out.public_id if done.cash_out else None,
        "travel_order": done.travel_order.public_id if done.travel_order else None,
        "benefit": done.benefit.public_id if done.benefit else None,
        "to_pay_minor": made.due_minor or None,
    }  # fmt: skip
    orders = (done.cash_out, done.travel_order, done.benefit)
    waits = " Waits for a person." if any(one and one.is_open for one in orders) else ""
    code = f" Code {told['coupon']}." if done.coupon else ""
    answer(told, f"{made.points} points used, {done.balance} left.{code}{waits}")


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def given(
    benefit: str,
    refused: Annotated[bool, typer.Option(help="It cannot be had; the points go back.")] = False,
    reference: Annotated[str, typer.Option(help="Of the receipt, the bill or the partner.")] = "",
) -> None:
    """Say that a thing was handed over, or a credit, months or miles were booked (ben_…).

    Examples: clientela loyalty given ben_0190… --reference B-771
              clientela loyalty given ben_0190… --refused --json
    """
    from clientela.flows.hand_over import answer_benefit
    from clientela.loyalty.queries.rewards import state_of_benefit

    who = actor()
    who.needs("loyalty.redeem")
    done = answer_benefit(
        id_of("ben", benefit), given=not refused, reference=reference, actor=who, now=now()
    )
    state = state_of_benefit(done)
    answer({"id": done.public_id, "state": state}, f"{done.public_id} is {state}.")


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def expire() -> None:
    """Take points whose time is over; safe to run at any time, and to run again.

    Examples: clientela loyalty expire
              clientela loyalty expire --json
    """
    from clientela.flows.expire_points import expire_points

    who = actor()
    who.needs("loyalty.configure")
    swept = expire_points(actor=who, now=now(), told=lambda lots: say(f"{lots} lots"))
    words = f"{swept.points} points of {swept.customers} customers expired."
    answer(asdict(swept), words)


@app.command("close-day", epilog=EVERYWHERE)
@with_database(switch=ON)
def close_day(
    date: Annotated[str, typer.Option(help="The last day to close, such as 2026-11-25.")] = "",
) -> None:
    """End every day that is over: points begin, tiers are reviewed, points expire, cash is paid.

    Safe to run late, and to run again: a day that is closed is left alone.

    Examples: clientela loyalty close-day
              clientela loyalty close-day --date 2026-11-25 --json
    """
    from clientela.flows.close_loyalty_day import close_loyalty_day
    from clientela.platform import periods

    who = actor()
    who.needs("loyalty.configure")
    until = periods.parse_date(date, "ymd") if date else None
    closed = close_loyalty_day(
        actor=who, now=now(), until=until,
        told=lambda one: say(f"{one.programme} {one.day} {one.step}: {one.done}"),
    )  # fmt: skip
    rows = [{"programme": one.programme, "day": one.day.isoformat(), "step": one.step,
             "done": one.done} for one in closed]  # fmt: skip
    days = len({(one.programme, one.day) for one in closed})
    answer({"items": rows}, f"{days} days closed." if days else "Every day is closed already.")


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def define(file: Path) -> None:
    """Bring the programme to what a file says (TOML or JSON): points, life, ladder, rewards.

    Examples: clientela loyalty define programme.toml
              clientela loyalty define programme.json --json
    """
    from clientela.flows.define_programme import define_programme

    who = actor()
    who.needs("loyalty.configure")
    done = define_programme(document(file, of="programme"), actor=who, now=now())
    lines = [f"{key}: {state}" for key, state in done.rewards.items()]
    answer(asdict(done), "\n".join([*lines, f"{done.raised} customers reached a tier."]))


def _quoted(found: Quoted) -> tuple[dict[str, Any], str]:
    made, left = found.outcome.redemption, found.outcome.balance
    used = [
        {"points": one.points, "shared": one.of_others,
         "expires_at": one.expires_at.isoformat() if one.expires_at else None}
        for one in found.used
    ]  # fmt: skip
    told = {
        "points": made.points, "balance": left, "used": used,
        "to_pay_minor": made.due_minor or None,
    }  # fmt: skip
    lines = [f"{made.points} points would be used, {left} left. Nothing is written."]
    for one in used:
        until = f"good until {one['expires_at']}" if one["expires_at"] else "without an end"
        lines.append(f"  {one['points']} {until}{', shared' if one['shared'] else ''}")
    return told, "\n".join(lines)


def named(customer: str) -> Any:
    """A customer as a flow looks them up: by id or by a phone number in any usual writing."""
    from clientela.customers.queries import Reference
    from clientela.platform import phones
    from clientela.platform.errors import InvalidInput
    from clientela.staff import company

    if customer.startswith("cus_"):
        return Reference("id", str(id_of("cus", customer)))
    try:
        return Reference("phone", phones.normal(customer, company.current().country or None).e164)
    except phones.BadPhone:
        raise InvalidInput("Name a customer by cus_… or by a phone number.") from None


def family(customer: str) -> list[UUID]:
    from clientela.customers import queries as customers

    return customers.family_of(customers.the_one(named(customer)).survivor)


def _balance(one: dict[str, Any]) -> str:
    tier = f", {one['tier']}" if one["tier"] else ""
    soon = "".join(f"\n  {row['points']} expire on {row['on']}" for row in one["expiring"])
    held = f"{one['held']} held, {one['debt']} owed"
    return f"{one['currency']}: {one['available']} ({held}){tier}{soon}"


def _reward(one: dict[str, Any]) -> str:
    why = f"  ({one['why_not']})" if one.get("why_not") else ""
    return f"{one['key']}  {one['points']}  {one['name']}{why}"
