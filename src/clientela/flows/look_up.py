"""What the attendant's search box means: one record, some to choose from, or nobody, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clientela.customers import queries as customers
from clientela.customers.queries import Hit
from clientela.flows.search import customers_found
from clientela.platform import emails, phones, text
from clientela.platform.phones import BadPhone, PhoneReason
from clientela.products import queries as products
from clientela.staff.company import Company

EXACT = 0  # rank of a hit by a whole identity
LIKE_A_NUMBER = re.compile(r"[+(]?[0-9][0-9 ().\-/+]{1,}")
NAME_LENGTH_MIN = 3


@dataclass(frozen=True, slots=True)
class LookedUp:
    """`one`: the only record meant, to be opened at once. Else `hits`, best first.

    `number`: what was typed is this phone number (E.164), of nobody or of all `hits`.
    `fault`: nothing was found, and the digits are no number anybody can be called at.
    """

    one: UUID | None = None
    hits: tuple[Hit, ...] = ()
    number: str = ""
    fault: PhoneReason | None = None


def look_up(query: str, *, company: Company) -> LookedUp:
    """A whole phone number means its customers; else an identity typed whole means its one
    customer; everything else is a search.
    """
    number, fault = _number(query, company=company)
    if number:
        called = customers.survivors_by("phone", number)
        if len(called) == 1:
            return LookedUp(one=called[0])
        if called:
            return LookedUp(hits=tuple(customers.candidates(called)), number=number)
    hits = tuple(customers_found(query, company=company))
    if _means_one(query, hits):
        return LookedUp(one=hits[0].customer.id)
    if hits or number:
        return LookedUp(hits=hits, number="" if hits else number)
    return LookedUp(fault=fault if LIKE_A_NUMBER.fullmatch(query.strip()) else None)


def callers(number: str, *, company: Company) -> LookedUp:
    """Who calls from this number. BadPhone when nobody can."""
    e164 = phones.normal(number, company.country or None).e164
    called = customers.survivors_by("phone", e164)
    if len(called) == 1:
        return LookedUp(one=called[0], number=e164)
    return LookedUp(hits=tuple(customers.candidates(called)), number=e164)


def of_this_name(name: str, *, company: Company, limit: int = 10) -> list[Hit]:
    """Customers called just so, marks and case aside; a name of a letter or two fits nobody."""
    folded = text.folded(name)
    if len(folded) < NAME_LENGTH_MIN:
        return []
    hits = customers.search(name, country=company.country, limit=limit)
    return [hit for hit in hits if hit.customer.folded_name == folded]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of several with one number, and what tells them apart."""

    hit: Hit
    holdings: tuple[str, ...]
    last_contact_at: datetime


def told_apart(hits: tuple[Hit, ...], *, holdings_max: int = 3) -> list[Candidate]:
    held: dict[UUID, list[str]] = {}
    for holder, holding in products.holdings_of([hit.customer.id for hit in hits]):
        if holding.closed_on is None:
            held.setdefault(holder.customer_id, []).append(holding.product.name)
    return [
        Candidate(
            hit, tuple(dict.fromkeys(held.get(hit.customer.id, [])))[:holdings_max],
            hit.customer.last_activity_at,
        )
        for hit in hits
    ]  # fmt: skip


def normal_email(address: str) -> str:
    """The form in which addresses are compared; nothing for what is none."""
    try:
        return emails.normal(address)[0]
    except emails.BadEmail:
        return ""


def _number(query: str, *, company: Company) -> tuple[str, PhoneReason | None]:
    try:
        return phones.normal(query, company.country or None).e164, None
    except BadPhone as bad:
        return "", bad.reason


def _means_one(query: str, hits: tuple[Hit, ...]) -> bool:
    """A customer's number, an e-mail, an account: typed whole, it names exactly one."""
    return len(hits) == 1 and (
        hits[0].rank == EXACT or LIKE_A_NUMBER.fullmatch(query.strip()) is not None
    )
