"""E-mail addresses: as written, and the normal form by which they are found."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

import idna

from clientela.platform import text as texts

EmailReason = Literal[
    "empty", "white-space", "no-at", "several-at", "bad-local-part", "bad-domain", "too-long",
]  # fmt: skip

ADDRESS_MAX = 254
LOCAL_PART_MAX = 64
DOMAIN_MAX = 253

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_PLAIN_DOMAIN = re.compile(rf"(?:(?!..--){_LABEL}\.)+(?!..--)(?![0-9]+$){_LABEL}")
_NOT_IN_LOCAL_PART = re.compile(r'[\s()<>\[\]:;,"\\\x00-\x1f\x7f-\x9f]')


class BadEmail(ValueError):
    """No e-mail address; `reason` says why."""

    def __init__(self, reason: EmailReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Email(NamedTuple):
    """`norm` compares equal for all writings of one address, `shown` is how it was written."""

    norm: str
    shown: str


def normal(text: str) -> Email:
    """One address. Dots and plus tags are significant; the domain is not asked whether it exists.

    BadEmail when it is none.
    """
    shown = _cleaned(text)
    local, mark, domain = shown.partition("@")
    if not mark:
        raise BadEmail("no-at")
    if "@" in domain:
        raise BadEmail("several-at")
    norm = f"{_local_part(local)}@{_domain(domain)}"
    if len(norm.encode()) > ADDRESS_MAX:
        raise BadEmail("too-long")
    return Email(norm, shown)


def domain_name(text: str) -> str:
    """The lower-case ASCII (IDNA) form of a domain with at least two labels; ValueError if none."""
    lower = text.lower()
    if len(lower) <= DOMAIN_MAX and _PLAIN_DOMAIN.fullmatch(lower):
        return lower
    try:
        name = idna.encode(lower, uts46=True, std3_rules=True).decode()
        idna.decode(name)
    except (idna.IDNAError, UnicodeError):
        raise ValueError("not a domain name") from None
    labels = name.split(".")
    if not all(labels) or len(labels) < 2 or labels[-1].isdigit() or len(name) > DOMAIN_MAX:
        raise ValueError("not a domain name")
    return name


def _cleaned(text: str) -> str:
    try:
        shown = texts.clean(text)
    except ValueError:
        raise BadEmail("bad-local-part") from None
    if shown[:7].lower() == "mailto:":
        shown = shown[7:]
    if not shown:
        raise BadEmail("empty")
    if " " in shown:
        raise BadEmail("white-space")
    return shown


def _local_part(local: str) -> str:
    """Casefolded for comparing; quoted local parts are not taken."""
    if not local or _NOT_IN_LOCAL_PART.search(local):
        raise BadEmail("bad-local-part")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise BadEmail("bad-local-part")
    norm = unicodedata.normalize("NFC", local.casefold())
    if len(norm.encode()) > LOCAL_PART_MAX:
        raise BadEmail("too-long")
    return norm


def _domain(domain: str) -> str:
    try:
        return domain_name(domain)
    except ValueError:
        raise BadEmail("bad-domain") from None
