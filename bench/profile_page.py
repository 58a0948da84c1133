"""The customer's page in the console, beside the statement that builds the same record as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from bench import data, measure, profile, web
from bench.measure import Figure
from bench.place import Place
from clientela.console.sessions import SessionStore
from clientela.platform import ids, transactions
from clientela.staff import actions as staff

REQUESTS = 1_000


def measured(place: Place) -> Iterator[Figure]:
    cookie, step = _signed_in(), profile.decided(place)
    with web.served() as server:

        def request() -> bytes:
            customer = data.customer_id(data.called(place.size, step))
            return server.http(f"GET /customers/{ids.public('cus', customer)}", headers=[cookie])

        yield measure.in_turns(
            "profile-page",
            product=lambda: server.work(
                place, place.requests(REQUESTS), request, expected=b'data-ui="points"'
            ),
            ceiling=lambda: profile.bare(place, step),
            unit="us of CPU a request", size=place.size, pairs=place.pairs,
            detail={"better": "lower", "clients": web.CLIENTS},
        )  # fmt: skip


def _signed_in() -> str:
    """The cookie of somebody who may see everything."""
    now = datetime.now(UTC)
    with transactions.open():
        person = staff.create_person(
            email=f"{ids.uuid7().hex}@example.com", name="Bench", roles=["administrator"], now=now
        )
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
