"""The secret in a line's address: shown once, kept as its SHA-256."""

from __future__ import annotations

import hashlib
import secrets

PREFIX = "tel_"
SECRET_BYTES = 24
SHOWN_LENGTH = 8


def new() -> str:
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def shown(token: str) -> str:
    """What is kept to recognise it by."""
    return token[:SHOWN_LENGTH]
