"""Whose stream it is: the session of the console, by its cookie, which knows no ports."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import InterfaceError, OperationalError, connections
from django.utils.crypto import constant_time_compare
from django.utils.http import is_same_domain

from clientela.console.people import SEEN
from clientela.platform.http.actors import Actor
from clientela.staff.models import Person


@dataclass(frozen=True, slots=True)
class Admitted:
    person_id: UUID
    actor: Actor


def admit(cookie: str) -> Admitted | None:
    """The person whose session the cookie names, with the rights they have now; None: nobody."""
    try:
        person = _person(cookie)
    except (OperationalError, InterfaceError):
        connections.close_all()
        return None
    return Admitted(person.id, person.as_actor()) if person else None


def allowed_origin(origin: str, host: str) -> bool:
    """Whether a page of this origin is the console: the same host, and the port of the web process,
    or the origin the company is reached at.
    """
    if settings.ORIGIN and origin == settings.ORIGIN:
        return True
    parts, ours = urlsplit(origin), urlsplit(f"//{host}")
    hosts = [name.strip("[]") for name in settings.ALLOWED_HOSTS]
    return (
        any(is_same_domain(ours.hostname or "", name) for name in hosts)
        and parts.hostname == ours.hostname
        and parts.port == int(os.environ.get("CLIENTELA_PORT", "8000"))
    )


def _person(cookie: str) -> Person | None:
    try:
        named = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if named is None:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(named.value)
    if SESSION_KEY not in session or _is_idle(session.get(SEEN, 0)):
        return None
    person = Person.objects.active().filter(id=session[SESSION_KEY]).first()
    return person if person and _is_current(person, session.get(HASH_SESSION_KEY, "")) else None


def _is_idle(seen_at: float) -> bool:
    return time.time() - seen_at > settings.SESSION_IDLE_SECONDS_MAX


def _is_current(person: Person, known: str) -> bool:
    """A changed password ends the sessions before it."""
    return bool(known) and constant_time_compare(known, person.get_session_auth_hash())
