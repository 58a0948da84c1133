"""Customers at the terminal."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from clientela.cli import merging
from clientela.cli.surroundings import EVERYWHERE, FLAGS, actor, answer, id_of, now, with_database

app = typer.Typer(help="Find and show customers.", epilog=EVERYWHERE, no_args_is_help=True)
merging.register(app)


@app.command(epilog=EVERYWHERE)
@with_database()
def find(query: str) -> None:
    """Search by name, phone or its tail, e-mail, number.

    Examples: clientela customers find kalnina
              clientela customers find 4408 --json
    """
    from clientela.flows.search import customers_found
    from clientela.staff import company

    actor().needs("customers.view")
    hits = customers_found(query, company=company.current())
    answer(
        [{"id": hit.customer.public_id, "number": hit.customer.number,
          "name": hit.customer.display_name, "phone": hit.phone, "email": hit.email}
         for hit in hits],
        "\n".join(
            f"{hit.customer.public_id}  {hit.customer.number}  "
            f"{hit.customer.display_name}  {hit.phone}"
            for hit in hits
        ) or "Nobody matches.",
    )  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database()
def show(customer: str) -> None:
    """The whole profile of a customer, by id (cus_…) or phone number.

    Examples: clientela customers show +37126124408
              clientela customers show cus_0190… --json
    """
    from clientela.flows import profile
    from clientela.platform.errors import NotThere

    who = actor()
    who.needs("customers.view")
    seen = {"actor": who, "now": now(), "language": "en", "channel": "cli"}
    if customer.startswith("cus_"):
        found = profile.of_customer(id_of("cus", customer), **seen)
        document = json.loads(found.json)
    else:
        caller = profile.of_caller(customer, **seen)
        if caller.profile is None:
            raise NotThere(
                f"{caller.match.capitalize()} of our customers are called by this number."
            )
        document = json.loads(caller.profile.json)
    if FLAGS.json:
        answer(document, "")
    else:
        answer(document, _words(document))


@app.command(epilog=EVERYWHERE)
@with_database()
def reveal(
    customer: str,
    field: Annotated[list[str], typer.Argument(help="Masked fields, such as allergies.")],
    reason: Annotated[str, typer.Option(help="Why; it is kept with your name.")],
) -> None:
    """Show masked fields of a customer. Who read them and why is written down first.

    Examples: clientela customers reveal cus_0190… allergies --reason "Asked for by the customer"
    """
    from clientela.customers import queries
    from clientela.flows.open_record import reveal_fields

    who = actor()
    who.needs("customers.view")
    found = reveal_fields(
        queries.the_one(queries.Reference("id", str(id_of("cus", customer)))).survivor,
        fields=field, reason=reason, actor=who, now=now(), channel="cli",
    )["attributes"]  # fmt: skip
    answer(found, "\n".join(f"{key}  {value}" for key, value in found.items()) or "Nothing there.")


@app.command(epilog=EVERYWHERE)
@with_database()
def assign(
    customer: str,
    branch: Annotated[
        str | None, typer.Option(help="The key of a branch; - for the whole company.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option(help="The e-mail of who looks after them; - for nobody.")
    ] = None,
) -> None:
    """Say to which branch a customer belongs, and who looks after them.

    Examples: clientela customers assign cus_0190… --branch riga-1 --owner anna@company.example
    """
    from clientela.customers import queries
    from clientela.flows.assign_customer import assign_customer
    from clientela.platform.errors import NotThere
    from clientela.staff import queries as staff

    who = actor()
    who.needs("customers.assign")
    person = staff.person_by_email(owner) if owner not in (None, "-") else None
    if owner not in (None, "-") and person is None:
        raise NotThere(f"Nobody here has the address {owner}.", field="--owner")
    changed = assign_customer(
        queries.the_one(queries.Reference("id", str(id_of("cus", customer)))).survivor,
        branch="" if branch == "-" else branch,
        owner="" if owner is None else (person.id if person else None), actor=who, now=now(),
    )  # fmt: skip
    answer({"changed": changed}, f"Changed: {', '.join(changed)}." if changed else "As it was.")


def _words(profile: dict[str, object]) -> str:
    return json.dumps(profile, indent=2, ensure_ascii=False)
