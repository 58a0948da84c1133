"""Webhooks: what is sent, how it is signed, and how long is waited before the next try."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

PREFIX = "whsec_"
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400, 115_200)
)
"""Three days and four hours in all; then one event is given up, and can be replayed."""
TRIES_MAX = len(WAITS) + 1
FAILING_DAYS_MAX = 5
OVERLAP_HOURS = 72
TOLD_AFTER_FAILURES = 50
HEALTHY_FAILURES_MAX = 5
REST_SECONDS_MAX = 300
GONE = 410


def secret(key: str, *, subscription: str, generation: int) -> str:
    """A subscription's secret: 32 bytes, as the Standard Webhooks write them."""
    text = f"webhook:{subscription}:{generation}".encode()
    return PREFIX + base64.b64encode(hmac.digest(key.encode(), text, "sha256")).decode()


def body(
    *, id: int, tx: str, name: str, occurred_at: datetime, customer: str | None, subject: str,
    data: Mapping[str, Any],
) -> bytes:  # fmt: skip
    """Ids and facts, never a person's data. `position` rises with the log: by it a receiver sees
    which of a customer's events came first.
    """
    return json.dumps({
        "id": f"evt_{id}", "name": name, "occurred_at": occurred_at.isoformat(),
        "customer": customer, "subject": subject, "data": data, "position": [int(tx), id],
    }, ensure_ascii=False, separators=(",", ":")).encode()  # fmt: skip


def signature(secrets: Sequence[str], *, id: str, timestamp: int, body: bytes) -> str:
    """`v1,…` over id, time and body, one for each secret that is good."""
    signed = f"{id}.{timestamp}.".encode() + body
    return " ".join("v1," + base64.b64encode(_digest(it, signed)).decode() for it in secrets)


def is_signed(header: str, secret: str, *, id: str, timestamp: int, body: bytes) -> bool:
    """What a receiver does: one of the signatures must be that of its secret."""
    wanted = signature([secret], id=id, timestamp=timestamp, body=body)
    return any(hmac.compare_digest(wanted, found) for found in header.split(" "))


def next_try(*, tries: int, now: datetime) -> datetime | None:
    """When to try again after so many tries; None: not any more."""
    return now + WAITS[tries - 1] if tries < TRIES_MAX else None


def rest(*, failures: int, now: datetime) -> datetime | None:
    """Until when a receiver is left alone that failed so many times in a row."""
    over = failures - HEALTHY_FAILURES_MAX
    return (
        now + timedelta(seconds=min(REST_SECONDS_MAX, 5 * 2 ** min(over, 10))) if over > 0 else None
    )


def is_accepted(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def failed_too_long(failing_since: datetime | None, *, now: datetime) -> bool:
    return failing_since is not None and now - failing_since > timedelta(days=FAILING_DAYS_MAX)


def _digest(secret: str, signed: bytes) -> bytes:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return hmac.new(key, signed, hashlib.sha256).digest()
