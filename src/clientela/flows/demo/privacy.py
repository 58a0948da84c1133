"""What customers of the demo agreed to, what they asked for by right, and what is limited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from clientela.customers.models import Customer
from clientela.flows import consents, erase_customer, limit_use, privacy_requests
from clientela.flows.demo.mark import DEMO
from clientela.platform import transactions
from clientela.privacy import queries as privacy
from clientela.privacy.actions import consents as decisions
from clientela.privacy.actions.consents import NewConsent
from clientela.privacy.actions.limits import NewRestriction
from clientela.privacy.actions.requests import NewRequest
from clientela.privacy.models.consents import Purpose
from clientela.staff import company as companies

KNOWN = 10  # the tutorial's own customers stay as they are
AT_ONCE = 5_000
SOURCES = ("shop", "web", "paper", "phone")
LIMITS = (
    ("marketing", "Lūdza vairs nesūtīt piedāvājumus."),
    ("profiling", "No quiere que se saquen conclusiones de sus compras."),
    ("frozen", "Says the address is wrong; kept as it is until that is settled."),
    ("hold", "Strīds par garantijas prasību; dzēst nedrīkst."),
)
ASKED = (
    ("access", 21, "Vēlas redzēt visu, kas par viņu glabājas."),
    ("rectification", 26, "El apellido está mal escrito."),
    ("erasure", 3, "Wants to be forgotten."),
)


def decide(*, seed: int, now: datetime) -> None:
    """Two of three customers said something; each request and limit there is stands once."""
    people = _people()
    for start in range(0, len(people), AT_ONCE):
        batch = list(_decided(people[start : start + AT_ONCE], Random(seed + start), now=now))
        with transactions.open():
            decisions.record(batch, actor=DEMO, now=now)
    _ask([id for id, _ in people[KNOWN:]], now=now)


def _people() -> list[tuple[UUID, str]]:
    rows = Customer.objects.filter(is_demo=True, merged_into=None).exclude(party="company")
    return list(rows.order_by("number").values_list("id", "language"))


def _decided(
    people: Sequence[tuple[UUID, str]], chance: Random, *, now: datetime
) -> Iterator[NewConsent]:
    known = Purpose.objects.filter(key__in=["news", "surveys"], retired_at=None)
    channels = {one.key: one.channels for one in known}
    for id, _language in people:
        for purpose, ways in channels.items():
            if chance.random() < 0.5:
                yield from _said(id, purpose, ways, chance, now=now)


def _said(
    id: UUID, purpose: str, channels: Sequence[str], chance: Random, *, now: datetime
) -> Iterator[NewConsent]:
    """Agreed once; every fifth thought better of it, on every channel."""
    agreed_at = now - timedelta(days=chance.randint(60, 600), minutes=chance.randint(0, 600))
    yield NewConsent([id], purpose, True, chance.choice(SOURCES), agreed_at,
                     chance.choice(list(channels)))  # fmt: skip
    if chance.random() < 0.2:
        later = agreed_at + timedelta(days=chance.randint(1, 50))
        yield NewConsent([id], purpose, False, "preferences", later)


def _ask(others: Sequence[UUID], *, now: datetime) -> None:
    """One customer for each, the first that come; broken off and begun again, they stay those."""
    takers = iter(others)
    for kind, why in LIMITS:
        id = next(takers, None)
        if id and not privacy.restrictions_of([id]):
            limit_use.restrict(NewRestriction([id], kind, why, "phone"), actor=DEMO, now=now)
    for kind, days, words in ASKED:
        id = next(takers, None)
        if id and not privacy.requests_of([id]):
            _asked(id, kind, now - timedelta(days=days), words, now=now)
    _answered(next(takers, None), now=now)
    _erased_in_part(next(takers, None), now=now)
    if id := next(takers, None):
        consents.prefer(
            id, consents.Preferred("monthly", companies.current().today(now) + timedelta(days=20)),
            source="preferences", actor=DEMO, now=now,
        )  # fmt: skip


def _asked(id: UUID, kind: str, received: datetime, words: str, *, now: datetime) -> UUID:
    new = NewRequest(id, kind, received, received.date(), "email", words, "ID card at the counter")
    return privacy_requests.open_request(new, actor=DEMO, now=now).id


def _answered(id: UUID | None, *, now: datetime) -> None:
    if id and not privacy.requests_of([id]):
        asked = _asked(id, "access", now - timedelta(days=44), "Quiere sus datos.", now=now)
        privacy_requests.answer_request(
            asked, outcome="done", words="Entregado en la oficina.", actor=DEMO,
            now=now - timedelta(days=30),
        )  # fmt: skip


def _erased_in_part(id: UUID | None, *, now: datetime) -> None:
    """What was concluded about one customer was erased when they asked for it."""
    if id and not privacy.erasures_of([id]):
        erase_customer.erase_customer(id, classes=["behaviour"], actor=DEMO, now=now)
