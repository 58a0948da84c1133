"""Somebody is invited: written down as a person of the company, with a link that signs in once."""

from __future__ import annotations

from datetime import datetime

from clientela.platform import transactions
from clientela.platform.http.actors import Actor
from clientela.staff import actions as staff
from clientela.staff import queries
from clientela.staff.models import Person


def invite_person(
    *, email: str, name: str, role: str, actor: Actor, now: datetime
) -> tuple[Person, str]:
    """The person and the token of the link. Somebody known gets a new link and keeps their roles.

    Nobody hands out rights that they have not got, to a new person or by a link for one who has
    them.
    """
    with transactions.open():
        person = queries.person_by_email(email) or staff.create_person(
            email=email, name=name, roles=[role], now=now
        )
        for right in sorted(person.rights()):
            actor.needs(right)
        return person, staff.invite(person=person, now=now)
