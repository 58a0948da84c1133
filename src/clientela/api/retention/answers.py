"""What the answers of retention share: the reader's language, days, customers by id."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from clientela.api.types import HouseRequest, public_id
from clientela.customers import queries as customers
from clientela.staff import company as companies


def family(customer_id: str) -> list[UUID]:
    found = customers.family_of(public_id("cus", customer_id))
    if not found:
        raise customers.NoSuchCustomer
    return found


def language(request: HouseRequest) -> str:
    """The language of sentences: what the caller asks for, else the company's."""
    asked = request.headers.get("Accept-Language", "")[:2].lower()
    return asked if asked in ("en", "es", "lv") else companies.current().language


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None
