"""The kinds of identities, and the one form in which the values of each are compared.

A national id is compared by a keyed hash and shown by its last signs: the number itself is kept
nowhere, so it cannot be read out of a copy of the database.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from clientela.platform import cards, emails, phones, text

KINDS = ("phone", "email", "account", "card", "national-id", "login", "device")
EXCLUSIVE = ("account", "card", "national-id", "login")
HASHED = ("national-id",)
METHODS = ("code", "document", "call", "letter", "login", "source")
SHARED_BY = 3  # held by more customers than this, it identifies a household and no person
VALUE_LENGTH_MAX = 100
SHOWN_SIGNS = 4

IdentityReason = Literal[
    "unknown-kind", "empty", "too-short", "too-long", "not-a-phone", "not-an-email",
    "has-white-space", "payment-card",
]  # fmt: skip
_NOT_COMPARED = re.compile(r"[^0-9A-Z]")


class BadIdentity(ValueError):
    def __init__(self, reason: IdentityReason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Normal:
    """`norm` is what look-ups compare, `shown` what people see."""

    kind: str
    norm: str
    shown: str


def normal(kind: str, value: str, *, country: str = "", key: str = "") -> Normal:
    """A value in the form of its kind. `country`: of phones without one; `key`: of hashed kinds.

    BadIdentity when it cannot be one, and for numbers of payment cards.
    """
    if kind not in KINDS:
        raise BadIdentity("unknown-kind")
    try:
        written = text.clean(value)
    except ValueError:
        raise BadIdentity("empty") from None
    if not written:
        raise BadIdentity("empty")
    if len(written) > VALUE_LENGTH_MAX and kind != "email":
        raise BadIdentity("too-long")
    if kind != "phone" and cards.is_card_number(written):
        raise BadIdentity("payment-card")
    return _FORMS[kind](written, country, key)


def _phone(written: str, country: str, key: str) -> Normal:
    try:
        phone = phones.normal(written, country or None)
    except phones.BadPhone as bad:
        raise BadIdentity("not-a-phone", bad.reason) from None
    return Normal("phone", phone.e164, phone.shown)


def _email(written: str, country: str, key: str) -> Normal:
    try:
        email = emails.normal(written)
    except emails.BadEmail as bad:
        raise BadIdentity("not-an-email", bad.reason) from None
    return Normal("email", email.norm, email.shown)


def _number(kind: str) -> Callable[[str, str, str], Normal]:
    """Spaces, dashes and case do not matter; leading zeros do."""

    def form(written: str, country: str, key: str) -> Normal:
        return Normal(kind, _compared(written), written)

    return form


def _national_id(written: str, country: str, key: str) -> Normal:
    compared = _compared(written)
    shown = "•" * max(len(compared) - SHOWN_SIGNS, 0) + compared[-SHOWN_SIGNS:]
    return Normal("national-id", hashed(compared, key=key), shown)


def _word(kind: str) -> Callable[[str, str, str], Normal]:
    def form(written: str, country: str, key: str) -> Normal:
        if " " in written:
            raise BadIdentity("has-white-space")
        return Normal(kind, written.casefold(), written)

    return form


def hashed(compared: str, *, key: str) -> str:
    """Equal for equal values under one key; says nothing of the value to those without it."""
    return hmac.new(key.encode(), compared.encode(), hashlib.sha256).hexdigest()


def _compared(written: str) -> str:
    compared = _NOT_COMPARED.sub("", text.folded(written).upper())
    if len(compared) < SHOWN_SIGNS:
        raise BadIdentity("too-short")
    return compared


_FORMS: dict[str, Callable[[str, str, str], Normal]] = {
    "phone": _phone,
    "email": _email,
    "account": _number("account"),
    "card": _number("card"),
    "national-id": _national_id,
    "login": _word("login"),
    "device": _word("device"),
}
