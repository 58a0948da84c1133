"""Offers at the terminal: what there is, why a customer gets which, and a new one from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from clientela.cli.surroundings import EVERYWHERE, actor, answer, id_of, now, with_database

SWITCH = "retention"
FILE_BYTES_MAX = 1_000_000
app = typer.Typer(help="Offers: list, explain, define.", epilog=EVERYWHERE, no_args_is_help=True)


@app.command("list", epilog=EVERYWHERE)
@with_database(switch=SWITCH)
def list_offers() -> None:
    """Every offer with its newest version.

    Examples: clientela offers list
              clientela offers list --json
    """
    from clientela.retention import queries as retention

    actor().needs("retention.view")
    rows = [
        {"key": offer.key, "group": offer.offer_group, "version": version.number,
         "sells": version.body.get("sells", True), "starts_on": version.body.get("starts_on"),
         "ends_on": version.body.get("ends_on"), "withdrawn": offer.withdrawn_at is not None}
        for offer, version in retention.all_offers()
    ]  # fmt: skip
    words = [f"{row['key']:<32} {row['group']:<20} version {row['version']}"
             f"{'  withdrawn' if row['withdrawn'] else ''}" for row in rows]  # fmt: skip
    answer(rows, "\n".join(words) or "No offers yet: clientela offers define FILE.")


@app.command(epilog=EVERYWHERE)
@with_database(switch=SWITCH)
def explain(customer: str, language: str = "en") -> None:
    """Which offers a customer would get now, and why not the others. Nothing is recorded.

    Examples: clientela offers explain cus_0190…
              clientela offers explain +37126124408 --language lv
    """
    from clientela.customers import queries as customers
    from clientela.flows import explained_offers, facts
    from clientela.flows import offers as flow
    from clientela.retention import queries as retention

    actor().needs("retention.view")
    family = customers.family_of(customers.the_one(_reference(customer)).survivor)
    policy = retention.policy(facts.catalogue())
    decided = flow.looked(family, policy=policy, now=now())
    told = explained_offers.of_decided(decided, language=language)
    answer([one.as_dict() for one in told], "\n".join(map(_line, told)) or "There are no offers.")


@app.command(epilog=EVERYWHERE)
@with_database(switch=SWITCH)
def define(file: Path) -> None:
    """Publish the offers and gates of a JSON file; the same text again publishes nothing.

    The file is an offer, a list of them, or {"offers": […], "gates": […]}.

    Examples: clientela offers define spring.json
    """
    from clientela.flows import publish_offers

    who = actor()
    who.needs("retention.configure")
    moment = now()
    offers, gates = _read(file)
    done = [publish_offers.publish_gate(body, actor=who, now=moment) for body in gates]
    done += [publish_offers.publish_offer(body, actor=who, now=moment) for body in offers]
    rows = [{"key": one.key, "version": one.version, "state": one.state} for one in done]
    answer(rows, "\n".join(f"{one.key}: version {one.version}, {one.state}" for one in done))


def _line(told: Any) -> str:
    head = f"{told.place}. {told.offer}" if told.place else f"-  {told.offer}"
    return f"{head}: {told.sentence}"


def _reference(customer: str) -> Any:
    """A customer by id, or by a phone number in any usual writing."""
    from clientela.customers.queries import Reference
    from clientela.platform import phones
    from clientela.platform.errors import InvalidInput
    from clientela.staff import company

    if customer.startswith("cus_"):
        return Reference("id", str(id_of("cus", customer)))
    try:
        number = phones.normal(customer, company.current().country or None).e164
    except phones.BadPhone:
        raise InvalidInput("Name the customer by cus_… or by a phone number.") from None
    return Reference("phone", number)


def _read(file: Path) -> tuple[list[Any], list[Any]]:
    from clientela.platform.errors import InvalidInput

    if not file.is_file() or file.stat().st_size > FILE_BYTES_MAX:
        raise InvalidInput(f"{file} is no file of at most {FILE_BYTES_MAX} bytes.")
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise InvalidInput(f"{file} is not well-formed JSON: {fault}") from None
    if isinstance(found, dict) and {"offers", "gates"} & set(found):
        return list(found.get("offers", [])), list(found.get("gates", []))
    return (found if isinstance(found, list) else [found]), []
