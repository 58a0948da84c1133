"""One Idempotency-Key, one effect, one answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError

from clientela.platform import sql, transactions
from clientela.platform.errors import InvalidInput, Problem
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.staff.models import IdempotentCall

KEY_LENGTH_MAX = 255
WAIT_MS_MAX = 1_000


class KeyReused(Problem):
    code = "key-reused"
    status = 409
    title = "This Idempotency-Key was used with another body"


class StillRunning(Problem):
    code = "still-running"
    status = 409
    title = "The first request with this Idempotency-Key is still running"


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` and `body` as they went out the first time."""

    status: int
    body: bytes
    content_type: str
    replayed: bool = False


@transactions.retried
def once(
    call: Callable[[], Answer], *, actor: Actor, route: str, key: str, body: bytes, now: datetime
) -> Answer:
    """Carry out `call`, or give the answer it had. Its key row and its effect are one transaction.

    An answer of 5xx is not kept: nothing of it was written. A second request waits for the first,
    at most a second. A deadlock repeats all of it.
    """
    if not 0 < len(key) <= KEY_LENGTH_MAX or not key.isprintable():
        raise InvalidInput(f"An Idempotency-Key has 1 to {KEY_LENGTH_MAX} printable signs.",
                           field="Idempotency-Key")  # fmt: skip
    digest = hashlib.sha256(body).digest()
    with transactions.open():
        if not _claim(actor, route, key, digest, now):
            return _first_answer(actor, route, key, digest)
        answer = call()
        IdempotentCall.objects.filter(actor=actor.id, route=route, key=key).update(
            status=answer.status, answer=answer.content_type.encode() + b"\n" + answer.body
        )
    return answer


@needs_transaction
def forget_old(*, now: datetime) -> int:
    """Drop answers whose thirty days are over; how many."""
    oldest = now - timedelta(days=settings.IDEMPOTENCY_DAYS_MAX)
    dropped, _ = IdempotentCall.objects.filter(created_at__lt=oldest).delete()
    return dropped


def _claim(actor: Actor, route: str, key: str, digest: bytes, now: datetime) -> bool:
    sql.execute("SELECT set_config('lock_timeout', %s, true)", [f"{WAIT_MS_MAX}ms"])
    try:
        claimed = sql.statement("staff", "claim_call").run(
            actor=actor.id, route=route, key=key, body_sha256=digest, now=now
        )
    except OperationalError as fault:
        if transactions.sqlstate(fault) == "55P03":  # lock_not_available
            raise StillRunning(retry_after=1) from None
        raise
    sql.execute("SELECT set_config('lock_timeout', '5s', true)")
    return bool(claimed)


def _first_answer(actor: Actor, route: str, key: str, digest: bytes) -> Answer:
    first = IdempotentCall.objects.get(actor=actor.id, route=route, key=key)
    if bytes(first.body_sha256) != digest:
        raise KeyReused
    content_type, body = bytes(first.answer or b"\n").split(b"\n", 1)
    return Answer(first.status or 200, body, content_type.decode(), replayed=True)
