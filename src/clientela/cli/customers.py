"""Customers at the terminal."""

from __future__ import annotations

import json

import typer

from clientela.cli.surroundings import EVERYWHERE, FLAGS, actor, answer, id_of, now, with_database

app = typer.Typer(help="Find and show customers.", epilog=EVERYWHERE, no_args_is_help=True)


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


def _words(profile: dict[str, object]) -> str:
    return json.dumps(profile, indent=2, ensure_ascii=False)
