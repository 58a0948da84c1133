"""Who looked at whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database

if TYPE_CHECKING:
    from uuid import UUID

app = typer.Typer(help="Who looked at whom.", epilog=EVERYWHERE, no_args_is_help=True)
Person = Annotated[str, typer.Option("--person", help="An e-mail address, per_… or key_….")]
Since = Annotated[str, typer.Option(help="2026-11-20, or an instant with its zone.")]
AUDIT = "customers.audit"


@app.command("list", epilog=EVERYWHERE)
@with_database()
def list_(
    person: Person = "",
    customer: Annotated[str, typer.Option(help="cus_…")] = "",
    since: Since = "",
    revealed: Annotated[bool, typer.Option(help="Only sensitive fields that were read.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
) -> None:
    """Which records were opened, the newest first.

    Examples: clientela access list --customer cus_0190…
              clientela access list --person anna@company.example --since 2026-11-01 --json
    """
    from clientela.customers.access import queries
    from clientela.platform import ids
    from clientela.staff import queries as staff

    actor().needs(AUDIT)
    wanted = queries.Wanted(_actor(person), _family(customer), _since(since), revealed)
    found = queries.page_of(wanted, limit=limit)
    names = staff.names_of({one.actor for one in found})
    rows: list[dict[str, Any]] = [
        {"customer": ids.public("cus", one.customer_id), "actor": one.actor,
         "name": names.get(one.actor, ""), "channel": one.channel, "fields": one.fields,
         "reason": one.reason, "request": one.request, "seen_at": one.seen_at.isoformat()}
        for one in found
    ]  # fmt: skip
    answer(
        rows,
        "\n".join(
            f"{row['seen_at']}  {row['name'] or row['actor']}  {row['customer']}  {row['channel']}"
            f"{'  revealed ' + ', '.join(row['fields']) if row['fields'] else ''}"
            for row in rows
        ) or "Nobody looked.",
    )  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database()
def exposure(person: Person, since: Since = "") -> None:
    """Whose data a person or a key has seen, which sensitive fields, and when: one line for each
    customer. For a breach: whom to tell.

    Examples: clientela access exposure --person key_0190… --since 2026-11-20 --json
    """
    from clientela.customers import queries as customers
    from clientela.customers.access import queries
    from clientela.platform import ids

    actor().needs(AUDIT)
    found = queries.exposed(queries.Wanted(_actor(person), since=_since(since)))
    names = customers.names_of({one.customer_id for one in found})
    rows: list[dict[str, Any]] = [
        {"customer": ids.public("cus", one.customer_id), "name": names.get(one.customer_id, ""),
         "times": one.times, "first_at": one.first_at.isoformat(),
         "last_at": one.last_at.isoformat(), "fields": one.fields}
        for one in found
    ]  # fmt: skip
    answer(
        rows,
        "\n".join(
            f"{row['customer']}  {row['name']}  {row['times']} times, last {row['last_at']}"
            f"{'  revealed ' + ', '.join(row['fields']) if row['fields'] else ''}"
            for row in rows
        ) or "They have seen nobody's data.",
    )  # fmt: skip


@app.command(epilog=EVERYWHERE)
@with_database()
def unusual(since: Since = "") -> None:
    """Looking that somebody should ask about, of the last week: own and colleagues' records, very
    many customers a day.
    """
    from clientela.customers.access import queries
    from clientela.platform import ids
    from clientela.staff import company
    from clientela.staff import queries as staff

    actor().needs(AUDIT)
    beginning = _since(since) or now() - timedelta(days=7)
    found = queries.unusual(since=beginning, zone=company.current().time_zone, now=now())
    names = staff.names_of({one.actor for one in found})
    rows = [
        {"kind": one.kind, "actor": one.actor, "name": names.get(one.actor, ""),
         "day": one.day.isoformat(), "customers": one.customers, "usual": one.usual,
         "customer": ids.public("cus", one.customer_id) if one.customer_id else None}
        for one in found
    ]  # fmt: skip
    answer(
        rows,
        "\n".join(
            f"{str(row['day'])[:10]}  {row['name'] or row['actor']}  {row['kind']}  "
            f"{row['customer'] or row['customers']}"
            for row in rows
        ) or "Nothing unusual.",
    )  # fmt: skip


def _actor(person: str) -> str:
    from clientela.platform.errors import NotThere
    from clientela.staff import queries

    if not person or person.startswith(("per_", "key_", "os:")):
        return person
    found = queries.person_by_email(person)
    if found is None:
        raise NotThere(f"Nobody here has the address {person}.", field="person")
    return found.public_id


def _family(customer: str) -> tuple[UUID, ...]:
    from clientela.customers import queries

    if not customer:
        return ()
    family = queries.family_of(id_of("cus", customer))
    if not family:
        raise queries.NoSuchCustomer
    return tuple(family)


def _since(written: str) -> datetime | None:
    from clientela.platform.errors import InvalidInput
    from clientela.staff import company

    if not written:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise InvalidInput("Write it as 2026-11-20.", field="--since") from None
    return found if found.tzinfo else found.replace(tzinfo=company.current().zone)
