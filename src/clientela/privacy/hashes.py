"""Keyed hashes of phones, e-mails and ids: they tell only whoever brings the value itself."""

from __future__ import annotations

import hmac
from functools import cache

from django.conf import settings

KEY = "privacy"


def of(kind: str, value: str) -> bytes:
    """32 bytes for one identity in its normal form; another installation has others."""
    return hmac.digest(_key(), f"{kind}\0{value}".encode(), "sha256")


def external(source: str, external_id: str) -> bytes:
    """Of what another system calls a customer."""
    return of("external", f"{source}\0{external_id}")


@cache
def _key() -> bytes:
    return settings.HOME.secret_key(KEY).encode()
