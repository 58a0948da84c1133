"""What stands around a customer, at the terminal: found by what, where, related to whom."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clientela.cli import naming
from clientela.cli.surroundings import EVERYWHERE, actor, answer, now, with_database


def register(app: typer.Typer) -> None:
    """Beside the other commands of customers."""
    app.command("lookup", epilog=EVERYWHERE)(lookup)
    app.command("by-field", epilog=EVERYWHERE)(by_field)
    app.command("identities", epilog=EVERYWHERE)(identities)
    app.command("addresses", epilog=EVERYWHERE)(addresses)
    app.command("family", epilog=EVERYWHERE)(family)


@with_database()
def lookup(kind: str, value: str, source: str = "") -> None:
    """Who is known by a phone, email, account, card, national-id, login, device, customer-number,
    holding or the id of a source: nobody, one, or many.

    Examples: clientela customers lookup phone 26124408
              clientela customers lookup source 4711 --source crm --json
    """
    from clientela.flows import find_by_identity

    actor().needs("customers.view")
    found = find_by_identity.find(kind, value, source=source)
    rows = [{"id": hit.customer.public_id, "number": hit.customer.number,
             "name": hit.customer.display_name} for hit in found.hits]  # fmt: skip
    words = [f"{row['id']}  {row['number']}  {row['name']}" for row in rows]
    shared = ["Several use it: it tells a household and no person."] if found.shared else []
    answer(
        {"match": found.match, "shared": found.shared, "candidates": rows},
        "\n".join([*words, *shared]) or "Nobody is known by this.",
    )


@with_database()
def by_field(
    field: Annotated[str, typer.Argument(help="Profile type and key, such as person.passport.")],
    value: str,
    reason: Annotated[str, typer.Option(help="Why; it is kept with your name.")],
) -> None:
    """Whose sensitive field holds just this value. Each customer found is noted as revealed.

    Examples: clientela customers by-field person.passport LV-771 --reason "Found at the desk"
    """
    from clientela.flows.find_sealed import find_by_field

    who = actor()
    who.needs("customers.view")
    kind, _dot, key = field.partition(".")
    hits = find_by_field(kind, key, value, reason=reason, actor=who, now=now(), channel="cli")
    rows = [{"id": hit.customer.public_id, "number": hit.customer.number,
             "name": hit.customer.display_name} for hit in hits]  # fmt: skip
    words = "\n".join(f"{row['id']}  {row['number']}  {row['name']}" for row in rows)
    answer({"candidates": rows}, words or "Nobody has this value.")


@with_database()
def identities(customer: str) -> None:
    """What a customer is found by: used first, verified, shared, bouncing, former.

    Examples: clientela customers identities cus_0190…
              clientela customers identities crm:4711 --json
    """
    from clientela.customers.identities import queries
    from clientela.staff import company

    actor().needs("customers.view")
    today = company.current().today(now())
    rows = [
        {"id": one.identity.public_id, "kind": one.identity.kind, "shown": one.shown,
         "primary": one.identity.primary_since is not None, "shared": one.shared,
         "state": one.state, "verified": one.is_verified(today=today)}
        for one in queries.of(naming.family(customer))
    ]  # fmt: skip
    words = [f"{row['kind']:<12} {row['shown']:<36} {_marks(row)}" for row in rows]
    answer(rows, "\n".join(words) or "Nothing is on record.")


@with_database()
def addresses(customer: str) -> None:
    """Where a customer lives and has things sent, the former addresses last.

    Examples: clientela customers addresses cus_0190…
    """
    from clientela.customers.places import queries
    from clientela.platform import postal

    actor().needs("customers.view")
    rows: list[dict[str, Any]] = [
        {"id": row.public_id, "purpose": row.purpose, "lines": postal.lines_of(row.place),
         "country": row.country, "starts_on": row.starts_on, "ends_on": row.ends_on}
        for row in queries.of(naming.family(customer))
    ]  # fmt: skip
    words = [
        f"{row['purpose']:<9} {', '.join(row['lines'])} {row['country']}"
        + (f", until {row['ends_on']}" if row["ends_on"] else "")
        for row in rows
    ]
    answer(rows, "\n".join(words) or "No address is on record.")


@with_database()
def family(customer: str) -> None:
    """Households of a customer with their members, and relations as this customer reads them.

    Examples: clientela customers family cus_0190… --json
    """
    from clientela.customers.kin import queries

    actor().needs("customers.view")
    own = naming.family(customer)
    homes: list[dict[str, Any]] = [
        {"id": home.household.public_id, "name": home.household.name, "main": home.is_main,
         "members": [{"name": one.customer.display_name, "role": one.membership.role}
                     for one in home.members]}
        for home in queries.homes_of(own)
    ]  # fmt: skip
    relations = [
        {"id": one.relation.public_id, "kind": one.relation.kind_id,
         "words": one.labels.get("en", one.relation.kind_id), "name": one.other.display_name,
         "may_act": one.acts, "other_may_act": one.other_acts, "ends_on": one.relation.ends_on}
        for one in queries.relations_of(own)
    ]  # fmt: skip
    words = [
        f"{home['name']}: {', '.join(one['name'] for one in home['members'])}" for home in homes
    ]
    words += [f"{one['words']} {one['name']}" for one in relations if one["ends_on"] is None]
    answer({"households": homes, "relations": relations}, "\n".join(words) or "Nobody.")


def _marks(row: dict[str, object]) -> str:
    marks = [name for name in ("primary", "shared", "verified") if row[name]]
    return ", ".join([*marks, *([str(row["state"])] if row["state"] != "good" else [])])
