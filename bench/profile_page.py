"""The customer's page in the console, and that of a conversation, beside the statement that builds
the same as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from bench import data, measure, profile, web
from bench.measure import Figure
from bench.place import Place
from bench.web import Request
from clientela.console.sessions import SessionStore
from clientela.platform import ids, transactions
from clientela.staff import actions as staff
from clientela.staff.models import Person

REQUESTS = 1_000


def measured(place: Place) -> Iterator[Figure]:
    person = _person()
    cookie = _signed_in(person)
    with web.served() as server:

        def of_customer() -> bytes:
            customer = data.customer_id(data.called(place.size, step))
            return server.http(f"GET /customers/{ids.public('cus', customer)}", headers=[cookie])

        def of_conversation() -> bytes:
            talk = data.conversation_id(data.called(place.size, step))
            return server.http(f"GET /agent/{ids.public('con', talk)}", headers=[cookie])

        step = profile.decided(place)
        yield _beside_the_statement("profile-page", place, server, of_customer, step)
        step = profile.decided(place)
        _talks(place, step, person)
        yield _beside_the_statement("agent-page", place, server, of_conversation, step)


def _beside_the_statement(
    name: str, place: Place, server: web.Server, request: Request, step: int
) -> Figure:
    return measure.in_turns(
        name,
        product=lambda: server.work(
            place, place.requests(REQUESTS), request, expected=b'data-ui="points"'
        ),
        ceiling=lambda: profile.bare(place, step),
        unit="us of CPU a request", size=place.size, pairs=place.pairs,
        detail={"better": "lower", "clients": web.CLIENTS},
    )  # fmt: skip


def _talks(place: Place, step: int, person: Person) -> None:
    """Somebody has talked with every customer who may call."""
    with data.connected(place.dsn) as db:
        data.run(db, data.statement("data/talk", size=place.size, step=step, person=person.pk))


def _person() -> Person:
    """Somebody who may see everything."""
    with transactions.open():
        return staff.create_person(
            email=f"{ids.uuid7().hex}@example.com", name="Bench", roles=["administrator"],
            now=datetime.now(UTC),
        )  # fmt: skip


def _signed_in(person: Person) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    token = "x" * 32  # as a browser keeps from its first page on
    return (
        f"Cookie: {settings.SESSION_COOKIE_NAME}={session.session_key}"
        f"; {settings.CSRF_COOKIE_NAME}={token}"
    )
