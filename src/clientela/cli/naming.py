"""Naming a customer on the line: by id, phone, e-mail, number, or a source and its id."""

from __future__ import annotations

from typing import Any


def customer(named: str) -> Any:
    """A reference of the record: `cus_…`, `+371 …`, `anna@example.com`, `40118`, `crm:4711`."""
    from clientela.cli.surroundings import id_of
    from clientela.customers.queries import Reference
    from clientela.flows import customer_identities

    if named.startswith("cus_"):
        return Reference("id", str(id_of("cus", named)))
    if "@" in named:
        return Reference("email", customer_identities.normal("email", named).norm)
    source, mark, id = named.partition(":")
    if mark and source and id:
        return Reference("external", id, source)
    if named.isdigit() and len(named) < 8:
        return Reference("customer-number", named)
    return Reference("phone", customer_identities.normal("phone", named).norm)


def family(named: str) -> Any:
    """The ids of whom is named, the survivor first."""
    from clientela.customers import queries

    return queries.family_of(queries.the_one(customer(named)).survivor)
