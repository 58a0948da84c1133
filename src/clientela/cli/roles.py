"""Roles and what people who have them may do."""

from __future__ import annotations

from typing import Annotated

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database

app = typer.Typer(help="Roles and their rights.", epilog=EVERYWHERE, no_args_is_help=True)
CONFIGURE = "staff.configure"
Many = list[str] | None


@app.command("list", epilog=EVERYWHERE)
@with_database()
def list_() -> None:
    """Every role with its rights.

    Examples: clientela roles list
              clientela roles list --json
    """
    from clientela.staff import queries

    actor().needs(CONFIGURE)
    found = queries.roles()
    answer(
        [{"key": one.key, "name": one.name, "rights": one.rights,
          "shipped": one.shipped is not None} for one in found],
        "\n".join(f"{one.key}  {one.name}  {', '.join(one.rights)}" for one in found),
    )  # fmt: skip


@app.command("set", epilog=EVERYWHERE)
@with_database()
def set_(
    role: Annotated[str, typer.Argument(help="The key of a role.")],
    add: Annotated[Many, typer.Option(help="A right it gets; again for more.")] = None,
    take: Annotated[Many, typer.Option(help="A right it loses; again for more.")] = None,
) -> None:
    """Give a role rights, and take some from it; nobody gives or takes what they have not got.

    Examples: clientela roles set agent --add customers.merge
              clientela roles set warranty-desk --add issues.view --take warranty.sell
    """
    from clientela.flows.decide_role import change_role
    from clientela.staff import queries

    there = queries.role_called(role).rights
    wanted = [right for right in (*there, *(add or ())) if right not in (take or ())]
    changed = change_role(role, wanted=wanted, actor=actor(), now=now())
    answer({"key": changed.key, "rights": changed.rights},
           f"{changed.key}: {', '.join(changed.rights)}")  # fmt: skip
