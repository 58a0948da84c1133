"""Reading JSON strictly: what two readers could understand differently is refused."""

from __future__ import annotations

import json
from typing import Any

from clientela.platform.errors import BatchTooLarge, MalformedBody

DEPTH_MAX = 32
DIGITS_MAX = 40


def read(body: bytes, *, bytes_max: int) -> Any:
    """The value of a JSON text in UTF-8.

    Refused: more than `bytes_max`, a key given twice, NaN, numbers of over 40 digits, over 32
    levels, NUL and lone surrogates.
    """
    if len(body) > bytes_max:
        raise BatchTooLarge(f"A body has at most {bytes_max} bytes here.")
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_once, parse_constant=_constant, parse_int=_integer
        )
        text.encode("utf-8")
    except (UnicodeError, ValueError, RecursionError) as fault:
        raise MalformedBody(f"The body cannot be read as JSON: {fault}") from None
    if "\\u0000" in text or "\\ud" in text.lower():
        _refuse_unstorable(value)
    if text.count("{") + text.count("[") > DEPTH_MAX:
        _refuse_deep(value, 0)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key is given twice")
    return members


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _integer(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise ValueError("a number is too long")
    return int(digits)


def _refuse_unstorable(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise MalformedBody("A text holds a sign that cannot be stored.")
    elif isinstance(value, dict):
        for key, member in value.items():
            _refuse_unstorable(key)
            _refuse_unstorable(member)
    elif isinstance(value, list):
        for member in value:
            _refuse_unstorable(member)


def _refuse_deep(value: Any, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise MalformedBody(f"The body is more than {DEPTH_MAX} levels deep.")
    members = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    for member in members:
        _refuse_deep(member, depth + 1)
