"""API keys."""

from __future__ import annotations

from typing import Annotated

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database

app = typer.Typer(help="API keys of other systems.", epilog=EVERYWHERE, no_args_is_help=True)


@app.command(epilog=EVERYWHERE)
@with_database()
def create(
    name: str,
    right: Annotated[list[str], typer.Option(help="A right such as purchases.write, or all.")],
    rate: Annotated[int, typer.Option(help="Calls a second; 0 = no limit.")] = 100,
) -> None:
    """Make a key. It is shown this once.

    Examples: clientela key create till-3 --right purchases.write
              clientela key create admin --right all --rate 0 --json
    """
    from clientela.flows.make_key import make_key

    made = make_key(name=name, wanted=right, rate=rate, actor=actor(), now=now())
    answer(
        {"id": made.key.public_id, "key": made.secret, "name": made.key.name,
         "rights": made.key.rights, "expires_at": made.key.expires_at},
        f"{made.secret}\n\nThis is shown once. {made.key.public_id}, until "
        f"{made.key.expires_at:%Y-%m-%d}.",
    )  # fmt: skip


@app.command("list", epilog=EVERYWHERE)
@with_database()
def list_() -> None:
    """Every key, the newest first; never a secret."""
    from clientela.staff import queries

    keys = queries.keys()
    answer(
        [{"id": key.public_id, "name": key.name, "shown": key.shown, "rights": key.rights,
          "rate": key.rate, "expires_at": key.expires_at, "revoked_at": key.revoked_at,
          "last_used_at": key.last_used_at} for key in keys],
        "\n".join(
            f"{key.public_id}  {key.shown}…  {key.name}  {', '.join(key.rights)}"
            f"{'  revoked' if key.revoked_at else ''}"
            for key in keys
        ) or "There are no keys yet.",
    )  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database()
def revoke(key_id: str) -> None:
    """End a key; every process refuses it within a second."""
    from clientela.platform import transactions
    from clientela.staff import keys

    with transactions.open():
        key = keys.revoke(key_id=id_of("key", key_id), actor=actor(), now=now())
    answer({"id": key.public_id, "revoked_at": key.revoked_at}, f"{key.name} is revoked.")


@app.command(epilog=EVERYWHERE)
@with_database()
def rotate(key_id: str) -> None:
    """Make a second key like this one; revoke the old one when the new one is in use."""
    from clientela.platform import transactions
    from clientela.staff import keys

    with transactions.open():
        made = keys.rotate(key_id=id_of("key", key_id), actor=actor(), now=now())
    answer({"id": made.key.public_id, "key": made.secret}, made.secret)
