"""Journeys at the terminal: orders, codes of partners, and what nobody answered in time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from clientela.cli.files import text_of
from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database

app = typer.Typer(
    help="Journeys for points: orders, partners and their codes.", epilog=EVERYWHERE,
    no_args_is_help=True,
)  # fmt: skip
ON = "loyalty"


@app.command("time-out", epilog=EVERYWHERE)
@with_database(switch=ON)
def time_out() -> None:
    """Give the points back of orders that nobody answered in time; safe to run again.

    Examples: clientela loyalty travel time-out
              clientela loyalty travel time-out --json
    """
    from clientela.flows.travel_orders import AT_ONCE, time_out_travel_orders

    who = actor()
    who.needs("loyalty.handle_travel")
    done, moment = 0, now()
    while ended := time_out_travel_orders(actor=who, now=moment):
        done += ended
        if ended < AT_ONCE:
            break
    answer({"timed_out": done}, f"{done} orders timed out.")


@app.command("orders", epilog=EVERYWHERE)
@with_database(switch=ON)
def orders(
    state: Annotated[
        str, typer.Option(help="late, confirmed, cancelled, refused, timed_out.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
) -> None:
    """Orders that wait for an answer, the most urgent first; or those in a state.

    Examples: clientela loyalty travel orders
              clientela loyalty travel orders --state late --json
    """
    from clientela.loyalty.queries import rewards, travel
    from clientela.platform.errors import InvalidInput

    actor().needs("loyalty.handle_travel")
    if state and state not in travel.STATES:
        raise InvalidInput(f"Use one of {', '.join(travel.STATES)}.", field="state")
    found = travel.orders(state, limit=limit) if state else rewards.travel_orders(limit=limit)
    rows = [_row(one) for one in found]
    lines = [f"{row['id']}  {row['state']}  {row['partner']}  {row['points']} points  "
             f"answer by {row['reply_by']}" for row in rows]  # fmt: skip
    answer({"items": rows}, "\n".join(lines) or "No orders here.")


@app.command("voucher", epilog=EVERYWHERE)
@with_database(switch=ON)
def voucher(order: str, file: Annotated[Path, typer.Argument(help="Where the PDF goes.")]) -> None:
    """Write the voucher of a confirmed journey as a PDF, in the customer's language.

    Examples: clientela loyalty travel voucher trv_0190… voucher.pdf
              clientela loyalty travel voucher trv_0190… /tmp/anna.pdf --json
    """
    from clientela.flows.travel_voucher import voucher_of
    from clientela.loyalty.queries import travel

    actor().needs("loyalty.view")
    content = voucher_of(travel.order(id_of("trv", order)))
    file.write_bytes(content)
    answer({"file": str(file), "bytes": len(content)}, f"{file}: {len(content)} bytes.")


@app.command("codes", epilog=EVERYWHERE)
@with_database(switch=ON)
def codes(
    partner: str,
    file: Annotated[Path, typer.Argument(help="One code a line.")],
    good_until: Annotated[str, typer.Option(help="Last day of the codes: 2027-12-31.")] = "",
) -> None:
    """Bring in the codes of a partner; those that are here already stay as they are.

    Examples: clientela loyalty travel codes jurmala-spa codes.txt
              clientela loyalty travel codes jurmala-spa codes.txt --good-until 2027-12-31
    """
    from clientela.flows.travel_catalogue import bring_vouchers
    from clientela.loyalty.actions.partners import CODES_AT_ONCE
    from clientela.platform import periods

    who = actor()
    who.needs("loyalty.configure")
    listed = [line.strip() for line in text_of(file).splitlines() if line.strip()]
    until = periods.parse_date(good_until, "ymd") if good_until else None
    new = known = 0
    for place in range(0, len(listed), CODES_AT_ONCE):
        brought = bring_vouchers(
            partner, listed[place : place + CODES_AT_ONCE], good_until_on=until, actor=who,
            now=now(),
        )  # fmt: skip
        new, known = new + brought.new, known + brought.known
    answer({"new": new, "known": known}, f"{new} new, {known} known already.")


def _row(one: Any) -> dict[str, Any]:
    from clientela.loyalty.queries import rewards

    return {
        "id": one.public_id, "state": rewards.state_of_travel_order(one), "partner": one.partner,
        "points": one.redemption.points, "journey": one.redemption.labels.get("en", ""),
        "starts_on": one.starts_on.isoformat() if one.starts_on else None,
        "reply_by": one.reply_by.isoformat(),
    }  # fmt: skip
