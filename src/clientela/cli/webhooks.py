"""Webhooks: other systems that are told of what happens."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database

if TYPE_CHECKING:
    from clientela.events.models import Subscription
    from clientela.flows.webhooks import Made

app = typer.Typer(
    help="Other systems that are told of what happens.", epilog=EVERYWHERE, no_args_is_help=True
)


@app.command(epilog=EVERYWHERE)
@with_database()
def add(
    address: Annotated[str, typer.Argument(help="https://…")],
    event: Annotated[
        list[str] | None, typer.Option(help="Such as purchase.recorded; without it all.")
    ] = None,
) -> None:
    """Send what happens from now on to an address. The secret is shown this once.

    Examples: clientela webhooks add https://shop.example/hook
              clientela webhooks add https://shop.example/hook --event purchase.recorded --json
    """
    from clientela.flows import webhooks

    _told(webhooks.subscribe(address=address, names=event or [], actor=actor(), now=now()))


@app.command("list", epilog=EVERYWHERE)
@with_database()
def list_() -> None:
    """Every webhook, how it does, and how much waits for it."""
    from clientela.events import queries

    actor().needs("events.subscribe")
    found = queries.subscriptions()
    waiting = queries.waiting(found)
    answer(
        [{"id": it.public_id, "address": it.address, "names": it.names,
          "active": it.off_at is None, "off_why": it.off_why or None, "failures": it.failures,
          "waiting": waiting.get(it.id, 0)} for it in found],
        "\n".join(
            f"{it.public_id}  {it.address}  {', '.join(it.names) or 'all events'}  "
            f"{'off: ' + it.off_why if it.off_at else 'on'}, {waiting.get(it.id, 0)} wait"
            for it in found
        ) or "There are no webhooks yet.",
    )  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database()
def remove(webhook: str) -> None:
    """Send nothing to it any more, what waits included."""
    from clientela.events import actions
    from clientela.platform import transactions

    found = _found(webhook)
    with transactions.open():
        actions.unsubscribe(found, now=now())
    answer({"id": found.public_id, "removed": True}, f"{found.address} is removed.")


@app.command(epilog=EVERYWHERE)
@with_database()
def rotate(webhook: str) -> None:
    """Make a new secret; for three days both are good."""
    from clientela.flows import webhooks

    _told(webhooks.rotate(_found(webhook), now=now()))


@app.command(epilog=EVERYWHERE)
@with_database()
def resume(webhook: str) -> None:
    """Switch one on again that was switched off; `replay` sends what it missed."""
    from clientela.events import actions
    from clientela.platform import transactions

    with transactions.open():
        found = actions.change_subscription(_found(webhook), is_active=True, now=now())
    answer({"id": found.public_id, "active": True}, f"{found.address} is on.")


@app.command(epilog=EVERYWHERE)
@with_database()
def test(webhook: str) -> None:
    """Send an event webhook.tested to it, and to it only."""
    from clientela.flows import webhooks

    webhooks.test(_found(webhook), actor=actor(), now=now())
    answer({"queued": 1}, "It is sent while clientela serve runs.")


@app.command(epilog=EVERYWHERE)
@with_database()
def replay(
    webhook: str,
    starts: Annotated[str, typer.Option("--from", help="With its zone.")],
    ends: Annotated[str, typer.Option("--to", help="Now by default.")] = "",
) -> None:
    """Send again what was written down in a time, each message under its old id.

    Examples: clientela webhooks replay whk_… --from 2026-11-25T14:00:00+02:00
    """
    from clientela.flows import webhooks

    present = now()
    ends_at = _instant(ends, "--to") if ends else present
    queued = webhooks.replay(
        _found(webhook), starts_at=_instant(starts, "--from"), ends_at=ends_at, now=present
    )
    answer({"queued": queued}, f"{queued} messages are on their way while clientela serve runs.")


@app.command(epilog=EVERYWHERE)
@with_database()
def deliveries(
    webhook: str,
    state: Annotated[str, typer.Option(help="waiting, delivered or failed.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
) -> None:
    """The last messages, and what became of them."""
    from clientela.events import queries

    page = queries.deliveries_of(_found(webhook), state=state, limit=limit)
    answer(
        [{"id": it.public_id, "event": f"evt_{it.event_id}", "name": name, "state": it.state,
          "tries": it.tries, "status": it.status, "fault": it.fault or None} for it, name in page],
        "\n".join(
            f"{it.public_id}  {name}  {it.state}  {it.tries} tries  {it.fault or it.status or ''}"
            for it, name in page
        ) or "Nothing was sent yet.",
    )  # fmt: skip


def _found(webhook: str) -> Subscription:
    from clientela.events import queries

    actor().needs("events.subscribe")
    return queries.subscription(id_of("whk", webhook))


def _told(made: Made) -> None:
    answer(
        {"id": made.subscription.public_id, "address": made.subscription.address,
         "names": made.subscription.names, "secret": made.secret},
        f"{made.secret}\n\nThis is shown once. {made.subscription.public_id}, "
        f"{made.subscription.address}",
    )  # fmt: skip


def _instant(written: str, option: str) -> datetime:
    from clientela.platform.errors import InvalidInput

    try:
        instant = datetime.fromisoformat(written)
    except ValueError:
        raise InvalidInput("This is not an instant in ISO 8601.", field=option) from None
    if instant.tzinfo is None:
        raise InvalidInput("An instant needs its zone, such as +02:00 or Z.", field=option)
    return instant
