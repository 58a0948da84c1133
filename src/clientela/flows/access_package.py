"""Everything held about a customer in one package: as data, and to be read in their language."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import translation

from clientela.customers import queries as customers
from clientela.customers.access import actions as access
from clientela.events import actions as events
from clientela.events import queries as event_reads
from clientela.events.actions import Happening
from clientela.flows import readable
from clientela.flows.consents import family_of
from clientela.flows.erasing import reach
from clientela.platform import ids, sql, transactions
from clientela.platform.declare import Personal
from clientela.platform.http.actors import Actor
from clientela.privacy import queries as privacy
from clientela.privacy.actions import requests
from clientela.privacy.models.rights import Request
from clientela.staff import company as companies
from clientela.ui.templatetags.ui import label

ROWS_MAX = 50_000
"""Of one table; a package that is cut says so."""


@dataclass(frozen=True, slots=True)
class Package:
    """`data` as it is handed over; `html` the same to be read."""

    customer_id: UUID
    data: dict[str, Any]
    html: str

    @property
    def name(self) -> str:
        return f"{ids.public('cus', self.customer_id)}-{self.data['made_at'][:10]}"

    def packed(self) -> bytes:
        """Both in one ZIP file."""
        into = io.BytesIO()
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as whole:
            whole.writestr(f"{self.name}.json", self.as_json())
            whole.writestr(f"{self.name}.html", self.html)
        return into.getvalue()

    def as_json(self) -> str:
        return json.dumps(self.data, ensure_ascii=False, indent=2)


@transactions.retried
def access_package(
    customer_id: UUID, *, language: str = "", actor: Actor, now: datetime, channel: str,
    request: str = "",
) -> Package:  # fmt: skip
    """Every row of every app about the customer's family; an open request for it is answered.

    `language`: that of the readable part; without it the customer's, else the company's.
    """
    with transactions.open():
        family = family_of(customer_id)
        language = _language(family, language)
        with translation.override(language):
            data = _data(family, language=language, now=now)
            html = readable.page(data, zone=companies.current().zone)
        told = _noted(family, actor=actor, now=now, channel=channel, request=request)
        events.emit(told, actor=actor, now=now, request=request)
    return Package(family[0], data, html)


def _language(family: Sequence[UUID], asked: str) -> str:
    return asked or customers.get(family[0]).language or companies.current().language


def _data(family: Sequence[UUID], *, language: str, now: datetime) -> dict[str, Any]:
    company, customer = companies.current(), customers.get(family[0])
    values = reach.parameters(family)
    return {
        "made_at": now.isoformat(), "language": language, "company": company.name,
        "customer": {"id": customer.public_id, "number": customer.number,
                     "name": customer.display_name,
                     "records": [ids.public("cus", id) for id in family]},
        "purposes": [
            {"purpose": label(one.purpose.labels) or one.purpose.key, "channel": one.channel,
             "basis": one.purpose.basis, "allowed": one.answer.is_allowed,
             "because": one.answer.because}
            for one in privacy.state_of(family)
        ],
        "periods": [
            {"class": one.data_class, "months": one.months, "ground": one.ground}
            for one in privacy.periods()
        ],
        "receivers": list(_receivers()),
        "tables": {
            name: block
            for name, one in reversed(reach.tables().items())
            if one.is_handed and (block := _table(name, one, values))["rows"]
        },
    }  # fmt: skip


def _receivers() -> Iterator[str]:
    """Whom data is given to: by period of keeping as it was written down, and by webhook."""
    for one in privacy.periods():
        if one.receivers:
            yield one.receivers
    yield from sorted({one.address for one in event_reads.subscriptions() if one.off_at is None})


def _table(name: str, personal: Personal, values: Mapping[str, Any]) -> dict[str, Any]:
    added = ", ".join(f"'{key}', {value}" for key, value in personal.added.items())
    text = (
        f"SELECT to_jsonb(told) - %(withheld)s::text[] || jsonb_build_object({added})"  # noqa: S608
        f" FROM {name} AS told WHERE {personal.of} LIMIT %(limit)s"
    )
    needed = {key: value for key, value in values.items() if f"%({key})s" in text}
    rows = sql.execute(
        text, {**needed, "withheld": list(personal.withheld), "limit": ROWS_MAX + 1}
    ).fetchall()  # fmt: skip
    found = sorted(
        map(personal.opened or dict, (json.loads(row[0]) for row in rows[:ROWS_MAX])),
        key=lambda one: str(one.get("id", "")),
    )
    return {
        "title": str(personal.title), "class": personal.data_class, "rows": found,
        "is_cut": len(rows) > ROWS_MAX,
    }  # fmt: skip


def _noted(
    family: Sequence[UUID], *, actor: Actor, now: datetime, channel: str, request: str
) -> list[Happening]:
    """That everything of the record was read is an access; a request for it is answered."""
    access.note(family[0], actor=actor, channel=channel, now=now, request=request)
    told = [Happening("access.answered", now, family[0], ids.public("cus", family[0]))]
    asked = privacy.open_request_of(family, Request.Kind.ACCESS)
    if asked is not None:
        requests.answer(asked, outcome=Request.Outcome.DONE, actor=actor, now=now)
        told.append(Happening("request.answered", now, family[0], asked.public_id,
                              {"kind": asked.kind, "outcome": Request.Outcome.DONE}))  # fmt: skip
    return told
