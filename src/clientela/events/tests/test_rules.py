"""Webhooks: signatures as their receivers check them, and the waits between tries."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clientela.events import rules

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_the_signature_is_that_of_the_standard_webhooks() -> None:
    """The example of their own specification."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    header = rules.signature(
        [secret], id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1614265330, body=body
    )
    assert header == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(max_size=200), st.integers(0, 2**40), st.integers(1, 5))
def test_a_receiver_with_either_secret_accepts_and_with_another_refuses(
    body: bytes, timestamp: int, generation: int
) -> None:
    old, new, other = (
        rules.secret("the installation's key", subscription="whk_1", generation=it)
        for it in (generation, generation + 1, generation + 2)
    )
    header = rules.signature([new, old], id="dlv_1", timestamp=timestamp, body=body)
    assert rules.is_signed(header, old, id="dlv_1", timestamp=timestamp, body=body)
    assert rules.is_signed(header, new, id="dlv_1", timestamp=timestamp, body=body)
    assert not rules.is_signed(header, other, id="dlv_1", timestamp=timestamp, body=body)
    assert not rules.is_signed(header, new, id="dlv_1", timestamp=timestamp, body=body + b" ")
    assert not rules.is_signed(header, new, id="dlv_2", timestamp=timestamp, body=body)


def test_a_secret_has_the_length_the_standard_asks_for() -> None:
    secret = rules.secret("key", subscription="whk_1", generation=1)
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret != rules.secret("key", subscription="whk_2", generation=1)
    by_hand = hmac.new(b"key", b"webhook:whk_1:1", hashlib.sha256).digest()
    assert base64.b64decode(secret.removeprefix("whsec_")) == by_hand


def test_waits_grow_and_end_after_three_days() -> None:
    waits = list(rules.WAITS)
    assert waits == sorted(waits)
    assert sum(waits, timedelta()) < timedelta(hours=77)
    assert rules.next_try(tries=1, now=NOW) == NOW + timedelta(seconds=10)
    assert rules.next_try(tries=rules.TRIES_MAX, now=NOW) is None


def test_a_receiver_that_fails_and_fails_is_left_alone_for_longer_and_longer() -> None:
    assert rules.rest(failures=5, now=NOW) is None
    rests = [rules.rest(failures=it, now=NOW) for it in range(6, 30)]
    spans = [it - NOW for it in rests if it]
    assert spans == sorted(spans)
    assert spans[-1] == timedelta(seconds=rules.REST_SECONDS_MAX)
