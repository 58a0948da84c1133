"""Who sees what: kinds of data and fields against roles; branches and who is of them."""

from __future__ import annotations

from typing import Annotated

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database

app = typer.Typer(help="Who sees which fields.", epilog=EVERYWHERE, no_args_is_help=True)
branches = typer.Typer(
    help="Branches and teams, and who sees whose customers.", epilog=EVERYWHERE,
    no_args_is_help=True,
)  # fmt: skip
CONFIGURE = "staff.configure"


@app.command(epilog=EVERYWHERE)
@with_database()
def show(role: Annotated[str, typer.Option(help="Only of this role.")] = "") -> None:
    """What each role may do with each kind of data and each field.

    Examples: clientela rights show --role agent
    """
    from clientela.flows.decide_rights import matrix

    actor().needs(CONFIGURE)
    rows = [
        {"role": cell.role, "data_class": line.data_class.key,
         "profile_type": line.profile_type or None, "field": line.field.key if line.field else None,
         "may": cell.may, "effective": cell.effective}
        for line in matrix(fields_of=None).lines for cell in line.cells
        if role in ("", cell.role)
    ]  # fmt: skip
    answer(
        rows,
        "\n".join(
            f"{row['role']}  {row['data_class']}"
            f"{'  ' + str(row['profile_type']) + '.' + str(row['field']) if row['field'] else ''}"
            f"  {row['effective']}{'' if row['may'] == 'standard' else ' (decided)'}"
            for row in rows
        ) or "There is no such role.",
    )  # fmt: skip


@app.command("set", epilog=EVERYWHERE)
@with_database()
def set_(
    role: str,
    what: Annotated[str, typer.Argument(help="A kind of data, or TYPE.FIELD.")],
    may: Annotated[str, typer.Argument(help="hidden, see, edit, reveal, edit-reveal, standard.")],
) -> None:
    """Decide what a role may do with a kind of data or with one field.

    Examples: clientela rights set marketer contact hidden
              clientela rights set agent person.monthly_income see
    """
    from clientela.customers.deciding import Decision
    from clientela.flows.decide_rights import decide_rights

    profile_type, mark, field = what.partition(".")
    one = (
        Decision(role, may, profile_type=profile_type, field=field)
        if mark
        else Decision(role, may, data_class=what)
    )
    changed = decide_rights([one], actor=actor(), now=now())
    answer(
        {"changed": changed},
        f"{role} and {what}: {may}." if changed else "It was so already.",
    )


@branches.command("list", epilog=EVERYWHERE)
@with_database()
def list_() -> None:
    """All branches, and who sees only some of them."""
    from clientela.staff import queries

    people = [one for one in queries.people() if one.branches]
    found = [
        {"key": one.key, "name": one.name,
         "people": [person.email for person in people if one.key in person.branches]}
        for one in queries.branches()
    ]  # fmt: skip
    answer(
        found,
        "\n".join(f"{one['key']}  {one['name']}  {', '.join(one['people'])}" for one in found)
        or "There are no branches: everybody sees all customers.",
    )


@branches.command(epilog=EVERYWHERE)
@with_database()
def add(key: str, name: str) -> None:
    """A new branch or team; one that is known is called so from now on.

    Examples: clientela branches add riga-1 "Rīga, Brīvības iela"
    """
    from clientela.platform import transactions
    from clientela.staff import branches as staff_branches

    actor().needs(CONFIGURE)
    with transactions.open():
        branch = staff_branches.define(key=key, name=name)
    answer({"key": branch.key, "name": branch.name}, f"{branch.key}  {branch.name}")


@branches.command(epilog=EVERYWHERE)
@with_database()
def place(
    who: Annotated[str, typer.Argument(help="The e-mail address of a person, or key_….")],
    branch: Annotated[
        list[str] | None, typer.Option(help="A key; again for more. Without it: all customers.")
    ] = None,
) -> None:
    """Let a person or a program see the customers of just these branches.

    Examples: clientela branches place anna@company.example --branch riga-1 --branch riga-2
              clientela branches place anna@company.example
    """
    from clientela.cli.surroundings import id_of
    from clientela.platform import transactions
    from clientela.platform.errors import NotThere
    from clientela.staff import branches as staff_branches
    from clientela.staff import queries

    by = actor()
    by.needs(CONFIGURE)
    wanted = branch or []
    with transactions.open():
        if who.startswith("key_"):
            key = staff_branches.place_key(key_id=id_of("key", who), branches=wanted, actor=by)
            placed, name = key.branches, key.name
        else:
            person = queries.person_by_email(who)
            if person is None:
                raise NotThere(f"Nobody here has the address {who}.", field="who")
            person = staff_branches.place(person_id=person.id, branches=wanted, actor=by)
            placed, name = person.branches, person.name
    answer(
        {"name": name, "branches": placed},
        f"{name} sees {', '.join(placed) if placed else 'all customers'}.",
    )
