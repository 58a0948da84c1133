"""The signed address of a customer's page of choices. Nothing is kept of it: it proves itself."""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import date, timedelta
from uuid import UUID

from clientela.privacy import hashes
from clientela.staff import links

DAYS_MAX = 400
EPOCH = date(2020, 1, 1)
SIGNED = 16
FOR_EVER = 0xFFFF


def choices(customer_id: UUID, *, today: date) -> str:
    """Where this customer chooses what they want to hear; it works for more than a year."""
    return f"{links.origin()}/choices/{token(customer_id, (today - EPOCH).days)}"


def refusing(customer_id: UUID, purpose: str) -> str:
    """Where one click refuses a purpose. It works as long as the letter is kept."""
    return f"{links.origin()}/choices/{token(customer_id, FOR_EVER)}/refusal/{purpose}"


def token(customer_id: UUID, made: int) -> str:
    said = customer_id.bytes + made.to_bytes(2, "big")
    return base64.urlsafe_b64encode(said + _signature(said)).decode().rstrip("=")


def read(token: str, *, today: date, for_ever: bool = False) -> UUID | None:
    """Whose page it is; None for one that was made up or is too old.

    `for_ever`: also a link that can do nothing but refuse.
    """
    try:
        whole = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    said, signature = whole[:-SIGNED], whole[-SIGNED:]
    if len(said) != 18 or not hmac.compare_digest(signature, _signature(said)):
        return None
    made = int.from_bytes(said[16:], "big")
    is_good = for_ever if made == FOR_EVER else _is_fresh(made, today)
    return UUID(bytes=said[:16]) if is_good else None


def _is_fresh(made: int, today: date) -> bool:
    return EPOCH + timedelta(days=made + DAYS_MAX) >= today


def _signature(said: bytes) -> bytes:
    return hashes.of("choices", said.hex())[:SIGNED]
