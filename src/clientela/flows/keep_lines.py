"""Telephone lines are added, staffed and given new addresses, from the console and the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.calls import queries
from clientela.calls.actions import lines
from clientela.calls.actions.lines import NoSuchLine, Opened
from clientela.calls.models import Line
from clientela.platform import phones, transactions
from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.phones import BadPhone
from clientela.staff import company as companies
from clientela.staff import queries as staff


def open_line(
    *, name: str, number: str, region: str, language: str, people: Sequence[str], actor: Actor,
    now: datetime, is_demo: bool = False,
) -> Opened:  # fmt: skip
    """A new line, its number in any usual writing, its people by e-mail address."""
    region = region.strip().upper()
    with transactions.open():
        return lines.open_line(
            name=name, number=_number(number, region=region), region=region, language=language,
            people=_people(people), actor=actor, now=now, is_demo=is_demo,
        )  # fmt: skip


def rotate(name: str, *, actor: Actor, now: datetime) -> Opened:
    """Another address for a line; the one before it works until the next rotation."""
    found = queries.line_named(name)
    if found is None:
        raise NoSuchLine(f"There is no line called {name}.")
    return rotate_by_id(found.id, actor=actor, now=now)


def rotate_by_id(line_id: UUID, *, actor: Actor, now: datetime) -> Opened:
    with transactions.open():
        return lines.rotate(line_id=line_id, actor=actor, now=now)


def switch(line_id: UUID, *, on: bool, now: datetime) -> Line:
    with transactions.open():
        return lines.switch(line_id=line_id, on=on, now=now)


def name_extension(extension: str, *, person: str) -> None:
    """What the telephone system calls somebody, who is named by e-mail address."""
    (person_id,) = _people([person])
    with transactions.open():
        lines.name_extensions({extension: person_id})


def forget_extension(extension: str) -> None:
    with transactions.open():
        lines.forget_extension(extension)


def _number(written: str, *, region: str) -> str:
    if not written.strip():
        return ""
    try:
        return phones.normal(written, region or companies.current().country or None).e164
    except BadPhone:
        raise InvalidInput("This is not a number that can be called.", field="number") from None


def _people(addresses: Sequence[str]) -> list[UUID]:
    found = []
    for address in addresses:
        person = staff.person_by_email(address)
        if person is None:
            raise InvalidInput(f"Nobody here has the address {address}.", field="person")
        found.append(person.id)
    return found
