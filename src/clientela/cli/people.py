"""People of the company."""

from __future__ import annotations

from typing import Annotated

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database

app = typer.Typer(help="People who sign in.", epilog=EVERYWHERE, no_args_is_help=True)


@app.command(epilog=EVERYWHERE)
@with_database()
def invite(
    email: str,
    role: Annotated[str, typer.Option(help="agent, marketer, manager, developer, administrator.")],
    name: Annotated[str, typer.Option(help="How the person is called.")] = "",
) -> None:
    """Make a sign-in link that works once, within 72 hours.

    Examples: clientela people invite anna@company.example --role agent
              clientela people invite boss@company.example --role administrator --json
    """
    from clientela.platform import transactions
    from clientela.platform.errors import RightMissing
    from clientela.staff import actions, links, queries

    who = actor()
    who.needs("staff.configure")
    with transactions.open():
        person = queries.person_by_email(email)
        if person is None:
            person = actions.create_person(
                email=email, name=name or email.partition("@")[0], roles=[role], now=now()
            )
        if not person.rights() <= who.rights and not who.may("all"):
            raise RightMissing("Nobody hands out rights that they have not got.")
        token = actions.invite(person=person, now=now())
    link = links.join(token)
    answer({"id": person.public_id, "email": person.email, "link": link}, link)


@app.command("list", epilog=EVERYWHERE)
@with_database()
def list_() -> None:
    """Everybody who may sign in, and who no longer may."""
    from clientela.staff import queries

    people = queries.people()
    answer(
        [{"id": one.public_id, "name": one.name, "email": one.email,
          "roles": [role.key for role in one.roles.all()], "active": one.is_active}
         for one in people],
        "\n".join(
            f"{one.public_id}  {one.email}  {one.name}  "
            f"{', '.join(role.key for role in one.roles.all())}"
            f"{'' if one.is_active else '  disabled'}"
            for one in people
        ) or "There is nobody yet.",
    )  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database()
def disable(person: str) -> None:
    """Let somebody (by e-mail) in no more; their sessions end at once."""
    from clientela.platform import transactions
    from clientela.platform.errors import NotThere
    from clientela.staff import actions, queries

    who = actor()
    who.needs("staff.configure")
    found = queries.person_by_email(person)
    if found is None:
        raise NotThere(f"Nobody here has the address {person}.", field="person")
    with transactions.open():
        actions.disable(person_id=found.id, actor=who)
    answer({"id": found.public_id, "active": False}, f"{found.name} is disabled.")
