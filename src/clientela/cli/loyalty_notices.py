"""Notices at the terminal: what members are told by letter, and whom it is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from clientela.cli.files import document
from clientela.cli.loyalty import ON
from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database

app = typer.Typer(
    help="What members are told by letter of their points.", epilog=EVERYWHERE,
    no_args_is_help=True, rich_markup_mode=None,
)  # fmt: skip


@app.command("list", epilog=EVERYWHERE)
@with_database(switch=ON)
def listed() -> None:
    """The notices: what each asks, whether it is on, and how many letters it wrote.

    Examples: clientela loyalty notices list
              clientela loyalty notices list --json
    """
    from clientela.loyalty.queries import notices as queries

    actor().needs("loyalty.view")
    rows = [_row(one) for one in queries.listed()]
    lines = [
        f"{row['key']}  {row['kind']}  {'on' if row['is_on'] else 'off'}  {row['letters']} letters"
        for row in rows
    ]
    answer({"items": rows}, "\n".join(lines) or "There are no notices.")


@app.command("save", epilog=EVERYWHERE)
@with_database(switch=ON)
def save(file: Path) -> None:
    """Bring a notice to what a file says (TOML or JSON), as POST /api/v1/notices takes it.

    Examples: clientela loyalty notices save expiring.toml
              clientela loyalty notices save expiring.json --json
    """
    from clientela.flows import member_notices

    who = actor()
    who.needs("loyalty.configure")
    wanted = member_notices.values_from(document(file, of="notice"))
    made, state = member_notices.save_notice(wanted, actor=who, now=now())
    answer({"key": made.key, "state": state}, f"{made.key}: {state}")


@app.command("on", epilog=EVERYWHERE)
@with_database(switch=ON)
def on(key: str) -> None:
    """Switch a notice on: from the next end of a day on it writes letters.

    Examples: clientela loyalty notices on expiring-30
              clientela loyalty notices on expiring-30 --json
    """
    _switch(key, is_on=True)


@app.command("off", epilog=EVERYWHERE)
@with_database(switch=ON)
def off(key: str) -> None:
    """Switch a notice off.

    Examples: clientela loyalty notices off expiring-30
              clientela loyalty notices off expiring-30 --json
    """
    _switch(key, is_on=False)


@app.command("preview", epilog=EVERYWHERE)
@with_database(switch=ON)
def preview(key: str) -> None:
    """Whom a notice is about today, and who of them would not be told and why.

    Examples: clientela loyalty notices preview expiring-30
              clientela loyalty notices preview expiring-30 --json
    """
    from clientela.flows import member_notices, notice_letters
    from clientela.loyalty.queries import notices as queries
    from clientela.platform import ids

    who = actor()
    who.needs("loyalty.view")
    who.needs("customers.view")
    found = member_notices.preview(queries.find(key), now=now())
    rows = [
        {"customer": ids.public("cus", one.found.customer_id),
         "name": found.names.get(one.found.customer_id, ""),
         "text": notice_letters.about(one.found), "why": one.why or None}
        for one in found.readers
    ]  # fmt: skip
    lines = [f"{row['name']}  {row['text']}  {row['why'] or 'is told'}" for row in rows]
    more = "" if found.is_whole else " at least"
    answer(
        {"count": found.count, "whole": found.is_whole, "items": rows},
        "\n".join([f"It is about{more} {found.count} members.", *lines]),
    )


def _switch(key: str, *, is_on: bool) -> None:
    from clientela.flows import member_notices

    who = actor()
    who.needs("loyalty.configure")
    notice = member_notices.switch_notice(key, is_on=is_on, actor=who, now=now())
    answer({"key": notice.key, "is_on": is_on}, f"{notice.key} is {'on' if is_on else 'off'}.")


def _row(one: Any) -> dict[str, Any]:
    return {
        "key": one.key, "kind": one.kind, "is_on": one.is_on, "every_days": one.every_days,
        "purpose": one.purpose, "letters": one.letters,
        "last_on": one.last_on.isoformat() if one.last_on else None,
    }  # fmt: skip
