"""Gift cards and wallets at the terminal."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from clientela.cli.loyalty import named
from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database

app = typer.Typer(help="Gift cards and wallets.", epilog=EVERYWHERE, no_args_is_help=True)
ON = "loyalty"


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def issue(
    amount: str,
    currency: Annotated[str, typer.Option(help="Without it the company's.")] = "",
    customer: Annotated[str, typer.Option(help="Who bought it: id or phone number.")] = "",
    code: Annotated[str, typer.Option(help="What is printed on it.")] = "",
) -> None:
    """Issue a gift card; its code is told.

    Examples: clientela loyalty cards issue 50
              clientela loyalty cards issue 25.50 --customer +37126124408 --json
    """
    from clientela.flows import gift_cards

    who = actor()
    who.needs("loyalty.redeem")
    minor, code_of_money = _money(amount, currency)
    issued = gift_cards.issue_card(
        minor, code_of_money, customer=named(customer) if customer else None, typed=code,
        actor=who, now=now(),
    )  # fmt: skip
    answer({"id": issued.card.public_id, "code": issued.number or None},
           f"{issued.card.public_id} {issued.number}")  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def check(code: str) -> None:
    """What is on a gift card, by its code.

    Examples: clientela loyalty cards check 2F7K-9QWD-TBXA
              clientela loyalty cards check 2F7K9QWDTBXA --json
    """
    from clientela.flows import gift_cards
    from clientela.loyalty.queries import purses

    who = actor()
    who.needs("loyalty.redeem")
    moment = now()
    card = gift_cards.check_card(code, actor=who, now=moment)
    state = purses.state_of(card, now=moment)
    told: dict[str, Any] = {
        "id": card.public_id, "state": state, "minor": card.balance_minor,
        "currency": card.money_code,
    }  # fmt: skip
    answer(told, f"{card.public_id}: {_shown(card.balance_minor, card.money_code)}, {state}")


@app.command("top-up", epilog=EVERYWHERE)
@with_database(switch=ON)
def top_up(
    purse: str,
    amount: str,
    reference: Annotated[str, typer.Option(help="Booked once under it.")] = "",
) -> None:
    """Put money on a gift card (gft_…), or into the wallet of a customer (id or phone number).

    Examples: clientela loyalty cards top-up gft_0190… 20
              clientela loyalty cards top-up +37126124408 20 --reference B-7
    """
    from clientela.flows import gift_cards

    who = actor()
    who.needs("loyalty.redeem")
    minor, code = _money(amount, "")
    more: dict[str, Any] = {"reference": reference, "source": "cli", "actor": who, "now": now()}
    if purse.startswith("gft_"):
        moved = gift_cards.top_up_card(id_of("gft", purse), minor, **more)
    else:
        moved = gift_cards.top_up_wallet(named(purse), minor, code, **more)
    found = moved.purse
    answer({"id": found.public_id, "minor": found.balance_minor, "replayed": moved.replayed},
           f"{found.public_id}: {_shown(found.balance_minor, found.money_code)}")  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def block(
    card: str,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    free: Annotated[bool, typer.Option(help="Let it be used again.")] = False,
) -> None:
    """Block a gift card (gft_…), or let it be used again.

    Examples: clientela loyalty cards block gft_0190… --reason lost
              clientela loyalty cards block gft_0190… --free
    """
    from clientela.flows import gift_cards

    who = actor()
    who.needs("loyalty.configure")
    id = id_of("gft", card)
    if free:
        gift_cards.free_card(id, actor=who, now=now())
    else:
        gift_cards.block_card(id, reason=reason, actor=who, now=now())
    answer({"id": card, "blocked": not free}, f"{card} is {'free' if free else 'blocked'}.")


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def expire() -> None:
    """Take what is left on cards whose time is over; safe to run at any time, and again.

    Examples: clientela loyalty cards expire
              clientela loyalty cards expire --json
    """
    from clientela.flows import gift_cards

    who = actor()
    who.needs("loyalty.configure")
    ended = gift_cards.expire_cards(actor=who, now=now())
    answer({"ended": ended}, f"{ended} cards ended.")


@app.command(epilog=EVERYWHERE)
@with_database(switch=ON)
def terms(
    currency: str,
    months: Annotated[int, typer.Option(help="Cards end after so many; 0: never.")] = 0,
    most: Annotated[str, typer.Option(help="A card holds no more than this.")] = "",
) -> None:
    """Say what the law of a currency lets gift cards do; for cards issued from now on.

    Examples: clientela loyalty cards terms EUR --months 60 --most 150
              clientela loyalty cards terms EUR
    """
    from clientela.flows import gift_cards

    who = actor()
    who.needs("loyalty.configure")
    limit = _money(most, currency)[0] if most else None
    made = gift_cards.set_terms(
        currency, is_ending=months > 0, months=months or None, balance_max_minor=limit, actor=who,
        now=now(),
    )  # fmt: skip
    words = f"Cards in {currency} end after {months} months." if months else (
        f"Cards in {currency} never end."
    )  # fmt: skip
    answer({"currency": made.money_code, "months": made.months}, words)


def _money(amount: str, currency: str) -> tuple[int, str]:
    from clientela.platform import money
    from clientela.platform.errors import InvalidInput
    from clientela.staff import company

    code = currency or company.current().currency
    try:
        return money.from_decimal(Decimal(amount), code).minor, code
    except (InvalidOperation, ValueError, KeyError):
        raise InvalidInput(f"{amount} is not an amount in {code}.") from None


def _shown(minor: int, code: str) -> str:
    from clientela.platform.money import Money

    return Money(minor, code).shown("en")
