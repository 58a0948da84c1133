"""Types that bodies and answers share. Bodies are strict: what is not offered is refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from uuid import UUID

from ninja import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr

from clientela.customers.queries import Reference
from clientela.platform import emails, ids, phones, text
from clientela.platform.errors import InvalidInput
from clientela.platform.http.requests import HouseRequest
from clientela.staff import company as companies

TEXT_MAX = 1_000
AFTER_MAX = 80  # every `next` that is a moment, a day or a figure with an id is shorter


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _instant(value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError("send a text in ISO 8601 with a zone")
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("this is not an instant in ISO 8601") from None
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone, such as +02:00 or Z")
    return instant


def _day(value: Any) -> date:
    if not isinstance(value, str):
        raise ValueError("send a date as YYYY-MM-DD")
    return date.fromisoformat(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("send a text")
    if "\0" in value:
        raise ValueError("a text holds no NUL")
    return text.clean(value)


def _thousandths(value: Any) -> int:
    """A quantity, `"1"` or `"0.250"`, in thousandths."""
    if not isinstance(value, str) or len(value) > 20:
        raise ValueError('send a quantity as a text, such as "1" or "0.250"')
    try:
        quantity = Decimal(value) * 1000
    except InvalidOperation:
        raise ValueError("this is not a number") from None
    if not quantity.is_finite() or quantity != int(quantity) or not 0 <= quantity <= 10**12:
        raise ValueError("a quantity has at most three decimals and is not negative")
    return int(quantity)


Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=str)]
Instant = Annotated[datetime, BeforeValidator(_instant, json_schema_input_type=str)]
Text = Annotated[
    str, BeforeValidator(_text, json_schema_input_type=str), Field(max_length=TEXT_MAX)
]
Name = Annotated[Text, Field(min_length=1, max_length=200)]
Quantity = Annotated[int, BeforeValidator(_thousandths, json_schema_input_type=str)]
After = Annotated[str | None, Query(max_length=AFTER_MAX)]
Minor = Annotated[StrictInt, Field(ge=-(10**15), le=10**15)]
Code = Annotated[StrictStr, Field(min_length=3, max_length=3)]


class Money(Body):
    """An amount in minor units of its currency: `{"minor": 1999, "currency": "EUR"}` is €19.99."""

    minor: Minor
    currency: Code


class BySource(Body):
    source: Name
    id: Name


class ByPhone(Body):
    phone: Name


Customer = StrictStr | BySource | ByPhone


def reference(customer: Customer, *, field: str = "customer") -> Reference:
    """What a body says of a customer, as the record looks it up."""
    if isinstance(customer, BySource):
        return Reference("external", customer.id, customer.source)
    if isinstance(customer, ByPhone):
        return Reference("phone", _e164(customer.phone, field=f"{field}.phone"))
    return Reference("id", str(public_id("cus", customer, field=field)))


def public_id(prefix: str, value: str, *, field: str = "id") -> UUID:
    try:
        return ids.parse(prefix, value)
    except ValueError:
        raise InvalidInput(f"This is not an id; it starts with {prefix}_.", field=field) from None


def public_number(prefix: str, value: str, *, field: str = "id") -> int:
    """The number behind an id of what is counted, such as a posting."""
    try:
        return ids.numbered(prefix, value)
    except ValueError:
        raise InvalidInput(f"This is not an id; it starts with {prefix}_.", field=field) from None


def number_after(after: str | None) -> int | None:
    """The number that `after` names, in a list that is ordered by one; InvalidInput where it is no
    value of `next`.
    """
    if not after:
        return None
    try:
        return ids.number(after)
    except ValueError:
        raise InvalidInput("Use the value of `next`.", field="after") from None


def place_of(moment: datetime, id: UUID) -> str:
    """Where a list that is ordered by these goes on: the value of `next`."""
    return f"{moment.isoformat()}~{id.hex}"


def place_after(after: str | None) -> tuple[datetime, UUID] | None:
    """The (moment, id) that `after` names; InvalidInput where it is no value of `next`.

    A plus sign that nobody encoded arrives as a space.
    """
    if not after:
        return None
    moment, _, id = after.replace(" ", "+").rpartition("~")
    try:
        return datetime.fromisoformat(moment), UUID(hex=id)
    except ValueError:
        raise InvalidInput("Use the value of `next`.", field="after") from None


def _e164(number: str, *, field: str) -> str:
    try:
        return phones.normal(number, companies.current().country or None).e164
    except phones.BadPhone:
        raise InvalidInput("This is not a phone number that can be called.", field=field) from None


def email(address: str, *, field: str) -> str:
    try:
        return emails.normal(address)[0]
    except emails.BadEmail:
        raise InvalidInput("This is not an e-mail address.", field=field) from None


__all__ = [
    "After",
    "Body",
    "ByPhone",
    "BySource",
    "Code",
    "Customer",
    "Day",
    "HouseRequest",
    "Instant",
    "Minor",
    "Money",
    "Name",
    "Quantity",
    "Text",
    "email",
    "number_after",
    "public_id",
    "public_number",
    "reference",
]  # fmt: skip
