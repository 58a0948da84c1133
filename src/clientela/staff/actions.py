"""People and roles: invited, given roles, disabled; and the first administrator."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError

from clientela.platform import emails, text
from clientela.platform.errors import InvalidInput, NotThere, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.staff import links, rights
from clientela.staff.models import Invitation, Person, Role

INVITATION_HOURS = 72


class AlreadySetUp(Problem):
    code = "already-set-up"
    status = 409
    title = "This installation has an administrator already"


class LastAdministrator(Problem):
    code = "last-administrator"
    status = 409
    title = "Somebody must stay able to administer this installation"


class InvitationOver(Problem):
    code = "invitation-over"
    status = 410
    title = "This sign-in link has been used or is over"


@needs_transaction
def ship_roles() -> None:
    """The roles a new installation starts with. One that still stands as it was shipped gets what
    is shipped today; one that people changed is left as it is.
    """
    there = {role.key: role for role in Role.objects.filter(key__in=rights.SHIPPED_ROLES)}
    for key, (name, listed) in rights.SHIPPED_ROLES.items():
        role = there.get(key)
        if role is None:
            Role.objects.create(key=key, name=name, rights=list(listed), shipped=list(listed))
        elif role.shipped is not None and set(role.rights) == set(role.shipped):
            Role.objects.filter(key=key).update(rights=list(listed), shipped=list(listed))


@needs_transaction
def create_person(
    *, email: str, name: str, roles: Iterable[str], now: datetime, password: str | None = None,
    is_demo: bool = False,
) -> Person:  # fmt: skip
    """A person of the company; without a password they come in by an invitation."""
    address = _address(email)
    if Person.objects.filter(email=address).exists():
        raise InvalidInput("Somebody with this address is there already.", field="email")
    if not text.clean(name):
        raise InvalidInput("Give the person a name.", field="name")
    listed = list(Role.objects.filter(key__in=list(roles)))
    if not listed or len(listed) != len(set(roles)):
        raise InvalidInput("There is no such role.", field="role")
    person = Person(email=address, name=text.clean(name), joined_at=now, is_demo=is_demo)
    if password is None:
        person.set_unusable_password()
    else:
        _check_password(password, person)
        person.set_password(password)
    person.save(force_insert=True)
    person.roles.set(listed)
    return person


@needs_transaction
def create_first_administrator(*, email: str, name: str, password: str, now: datetime) -> Person:
    """The administrator of an empty installation; refused once there are people."""
    if Person.objects.filter(is_demo=False).exists():
        raise AlreadySetUp
    return create_person(
        email=email, name=name, password=password, roles=[rights.ADMINISTRATOR], now=now
    )


@needs_transaction
def invite(*, person: Person, now: datetime) -> str:
    """A token that signs this person in once, within 72 hours."""
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(
        digest=links.digest(token),
        person=person,
        expires_at=now + timedelta(hours=INVITATION_HOURS),
    )
    return token


@needs_transaction
def accept_invitation(token: str, *, now: datetime) -> Person:
    """The person an unused token belongs to; it is used up by this."""
    taken = Invitation.objects.filter(
        digest=links.digest(token), used_at=None, expires_at__gt=now, person__is_active=True
    )
    person_id = taken.values_list("person_id", flat=True).first()
    if person_id is None or not taken.update(used_at=now):
        raise InvitationOver
    return Person.objects.get(id=person_id)


@needs_transaction
def join(token: str, *, name: str, password: str, now: datetime) -> Person:
    """Somebody invited says how they are called and chooses a password; the link is used up.

    Sessions that were open with an older password end.
    """
    person = accept_invitation(token, now=now)
    if not text.clean(name):
        raise InvalidInput("Give the person a name.", field="name")
    person.name = text.clean(name)
    _check_password(password, person)
    person.set_password(password)
    person.save(update_fields=["name", "password"])
    return person


@needs_transaction
def disable(*, person_id: UUID, actor: Actor) -> Person:
    """Somebody may no longer come in; their sessions end with the transaction.

    Only who has every right of theirs may decide that.
    """
    person = _person(person_id)
    _needs_rights_of(person, actor)
    if person.public_id == actor.id:
        raise InvalidInput("Nobody disables themselves.", field="person")
    _keep_an_administrator(without=person)
    Person.objects.filter(id=person.id).update(is_active=False)
    _end_sessions(person)
    return person


@needs_transaction
def enable(*, person_id: UUID, actor: Actor) -> Person:
    person = _person(person_id)
    _needs_rights_of(person, actor)
    Person.objects.filter(id=person.id).update(is_active=True)
    return person


@needs_transaction
def assign_roles(*, person_id: UUID, roles: Iterable[str], actor: Actor) -> Person:
    """Give a person exactly these roles. Nobody hands out, or takes, rights they have not got."""
    person = _person(person_id)
    _needs_rights_of(person, actor)
    listed = list(Role.objects.filter(key__in=list(roles)))
    if not listed:
        raise InvalidInput("Choose at least one role.", field="role")
    for role in listed:
        for right in role.rights:
            actor.needs(right)
    if rights.ADMINISTRATOR not in {role.key for role in listed}:
        _keep_an_administrator(without=person)
    person.roles.set(listed)
    return person


def _person(person_id: UUID) -> Person:
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotThere("There is no such person.")
    return person


def _needs_rights_of(person: Person, actor: Actor) -> None:
    for role in person.roles.all():
        for right in role.rights:
            actor.needs(right)


def _keep_an_administrator(*, without: Person) -> None:
    others = Person.objects.active().filter(roles__key=rights.ADMINISTRATOR).exclude(id=without.id)
    if without.roles.filter(key=rights.ADMINISTRATOR).exists() and not others.exists():
        raise LastAdministrator


def _end_sessions(person: Person) -> None:
    for session in Session.objects.all().iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            session.delete()


def _address(email: str) -> str:
    try:
        normal, _ = emails.normal(email)
    except emails.BadEmail:
        raise InvalidInput("This is not an e-mail address.", field="email") from None
    return normal


def _check_password(password: str, person: Person) -> None:
    try:
        validate_password(password, person)
    except ValidationError as faults:
        raise InvalidInput(" ".join(faults.messages), field="password") from None
