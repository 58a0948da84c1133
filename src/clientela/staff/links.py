"""Addresses of the console that leave it: in letters, on terminals."""

from __future__ import annotations

import hashlib
import os

from django.conf import settings


def origin() -> str:
    """Where people reach the console: the origin behind a proxy, else this machine's port."""
    port = os.environ.get("CLIENTELA_PORT", "8000")
    return settings.ORIGIN or f"http://127.0.0.1:{port}"


def join(token: str) -> str:
    """The one-time sign-in link of an invitation."""
    return f"{origin()}/join/{token}"


def telephone(token: str) -> str:
    """Where the telephone system of a line reports its calls."""
    return f"{origin()}/api/v1/cti/{token}"


def digest(token: str) -> bytes:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).digest()
