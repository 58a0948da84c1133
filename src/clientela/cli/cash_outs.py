"""Points paid out as money, at the terminal: the queue, and files for the bank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clientela.cli.loyalty import named
from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database

app = typer.Typer(
    help="Points paid out as money: requests and files for the bank.", epilog=EVERYWHERE,
    no_args_is_help=True,
)  # fmt: skip
ON = "loyalty"
RIGHT = "loyalty.decide_cash_out"


@app.command("list", epilog=EVERYWHERE)
@with_database(switch=ON)
def listed(
    state: Annotated[str, typer.Option(help="Such as waiting, approved, exported.")] = "waiting",
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
) -> None:
    """Requests for money in a state, the newest first.

    Examples: clientela loyalty cash-outs list
              clientela loyalty cash-outs list --state unacknowledged --json
    """
    from clientela.loyalty.queries import payouts
    from clientela.loyalty.rules import ibans
    from clientela.platform.errors import InvalidInput

    actor().needs(RIGHT)
    if state not in payouts.STATES:
        raise InvalidInput(f"Use one of {', '.join(payouts.STATES)}.", field="state")
    rows = [
        {"id": one.public_id, "minor": one.minor, "currency": one.money_code, "way": one.way,
         "to": ibans.short(one.iban) if one.iban else "", "points": one.redemption.points,
         "requested_at": one.requested_at.isoformat()}
        for one in payouts.cash_outs(state, now=now(), limit=limit)
    ]  # fmt: skip
    lines = [f"{row['id']}  {row['minor']} {row['currency']}  {row['way']} {row['to']}"
             for row in rows]  # fmt: skip
    answer({"items": rows}, "\n".join(lines) or "No requests here.")


@app.command("export", epilog=EVERYWHERE)
@with_database(switch=ON)
def export(
    file: Annotated[Path, typer.Argument(help="Where the file for the bank goes.")],
    currency: Annotated[str, typer.Option(help="By default the company's.")] = "",
    pays_on: Annotated[str, typer.Option(help="By default today: 2027-05-01.")] = "",
) -> None:
    """Make a file (pain.001.001.09) of all that is approved and was in none before.

    Examples: clientela loyalty cash-outs export payments.xml
              clientela loyalty cash-outs export payments.xml --pays-on 2027-05-01
    """
    from clientela.flows.payment_files import export_payments
    from clientela.platform import periods

    who = actor()
    who.needs(RIGHT)
    made = export_payments(
        currency=currency, pays_on=periods.parse_date(pays_on, "ymd") if pays_on else None,
        actor=who, now=now(),
    )  # fmt: skip
    file.write_text(made.content, encoding="utf-8")
    answer(
        {"id": made.public_id, "file": str(file), "lines": made.lines_count, "minor": made.minor,
         "currency": made.money_code},
        f"{file}: {made.lines_count} payments, {made.minor} {made.money_code} in minor units.",
    )  # fmt: skip


@app.command("paid", epilog=EVERYWHERE)
@with_database(switch=ON)
def paid(
    file: Annotated[str, typer.Argument(help="Id of the file, pay_….")],
    returned: Annotated[
        list[str] | None, typer.Option(help="A line that came back: its name, or name=reason.")
    ] = None,
) -> None:
    """The bank has paid a file, all but the lines that came back.

    Examples: clientela loyalty cash-outs paid pay_0190…
              clientela loyalty cash-outs paid pay_0190… --returned CSH0190…=AC04
    """
    from clientela.flows.payment_files import News, report_payments

    who = actor()
    who.needs(RIGHT)
    news = [
        News(name, "returned", reason)
        for name, _, reason in (one.partition("=") for one in returned or [])
    ]
    done = report_payments(id_of("pay", file), news, all_paid=True, actor=who, now=now())
    answer({"paid": done.paid, "returned": done.returned, "known": done.known},
           f"{done.paid} paid, {done.returned} came back, {done.known} known before.")  # fmt: skip


@app.command("payer", epilog=EVERYWHERE)
@with_database(switch=ON)
def payer(
    name: str, iban: str,
    bic: Annotated[str, typer.Option(help="Where your bank wants it.")] = "",
    currency: Annotated[str, typer.Option(help="By default the company's.")] = "",
) -> None:  # fmt: skip
    """Say from which account cash is paid, for files made from now on.

    Examples: clientela loyalty cash-outs payer "Mežrozes SIA" LV80BANK0000435195001
              clientela loyalty cash-outs payer "Mežrozes SIA" LV80BANK0000435195001 --bic BANKLV22
    """
    from clientela.flows.payment_files import set_payer
    from clientela.staff import company

    who = actor()
    who.needs(RIGHT)
    kept = set_payer(
        currency=currency or company.current().currency, name=name, iban=iban, bic=bic, actor=who,
        now=now(),
    )  # fmt: skip
    answer({"currency": kept.money_code, "name": kept.name, "iban": kept.iban, "bic": kept.bic},
           f"{kept.money_code} is paid from {kept.iban}.")  # fmt: skip


@app.command("by-itself", epilog=EVERYWHERE)
@with_database(switch=ON)
def by_itself(  # noqa: PLR0917 - a command's options
    customer: str,
    reward: Annotated[str, typer.Argument(help="Cash, by its key.")] = "cash",
    iban: Annotated[str, typer.Option(help="The account; without it, the bill.")] = "",
    payee: Annotated[str, typer.Option(help="In whose name the account is.")] = "",
    wallet: Annotated[bool, typer.Option("--wallet", help="Into the wallet.")] = False,
    end: Annotated[bool, typer.Option("--end", help="Not any more.")] = False,
) -> None:
    """Pay cash to a customer by itself, once a day at most, or stop it.

    Examples: clientela loyalty cash-outs by-itself +37126124408 --wallet
              clientela loyalty cash-outs by-itself cus_0190… cash --end
    """
    from clientela.flows import standing_orders
    from clientela.loyalty.actions import cash

    who = actor()
    who.needs("loyalty.redeem")
    if end:
        order = standing_orders.end_order(named(customer), reward, actor=who, now=now())
    else:
        payout = cash.payout(cash.way_of(iban, wallet=wallet), iban, payee)
        order = standing_orders.give_order(named(customer), reward, payout, actor=who, now=now())
    words = "Nothing is paid by itself any more." if end else "Paid by itself from now on."
    answer({"id": order.public_id, "reward": order.reward.key, "way": order.way,
            "ended": order.ended_at is not None}, words)  # fmt: skip


@app.command("stopped", epilog=EVERYWHERE)
@with_database(switch=ON)
def stopped() -> None:
    """What was to be paid by itself in the last seven days and was not, and why.

    Examples: clientela loyalty cash-outs stopped
              clientela loyalty cash-outs stopped --json
    """
    from clientela.loyalty.queries import payouts
    from clientela.platform import ids

    actor().needs(RIGHT)
    rows = [
        {"customer": ids.public("cus", one.customer_id), "reward": one.reward.key,
         "on": one.acted_on.isoformat(), "reason": one.stopped}
        for one in payouts.stopped(now=now())
    ]  # fmt: skip
    lines = [f"{row['on']}  {row['customer']}  {row['reward']}  {row['reason']}" for row in rows]
    answer({"items": rows}, "\n".join(lines) or "Nothing was stopped.")
