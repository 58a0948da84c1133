"""What the company knows of its customers, written as a pack: what `load` reads again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from clientela.customers.definitions import queries
from clientela.customers.kin.models import RelationKind
from clientela.customers.models import ProfileType
from clientela.products.models import Kind

PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def dump(keys: Sequence[str] = (), *, with_kinds: bool = True) -> str:
    """The pack of these profile types, or of all; kinds of products behind them."""
    types = [queries.profile_type(key) for key in keys] if keys else queries.types()
    lines = [line for kind in types for line in _type(kind)]
    if with_kinds and not keys:
        lines += [line for kind in Kind.objects.all() for line in _kind(kind)]
        lines += [line for kind in RelationKind.objects.all() for line in _relation(kind)]
    return "\n".join(lines).strip() + "\n"


def _type(kind: ProfileType) -> Iterator[str]:
    yield f"[profile_types.{_key(kind.key)}]"
    yield f"party = {value(str(kind.party))}"
    yield f"labels = {value(kind.labels)}"
    if kind.retired_at is not None:
        yield "retired = true"
    for name, listed in (("groups", kind.groups), ("calculated", kind.calculated)):
        if listed:
            yield f"{name} = ["
            yield from (f"  {value(one)}," for one in listed)
            yield "]"
    yield ""
    for members in queries.described(kind):
        yield f"[[profile_types.{_key(kind.key)}.fields]]"
        yield from (f"{_key(name)} = {_member(name, said)}" for name, said in members.items())
        yield ""


def _member(name: str, said: Any) -> str:
    if name != "choices":
        return value(said)
    return "[\n" + "".join(f"  {value(one)},\n" for one in said) + "]"


def _kind(kind: Kind) -> Iterator[str]:
    yield f"[product_kinds.{_key(kind.key)}]"
    yield f"labels = {value(kind.labels)}"
    yield f"icon = {value(kind.icon)}"
    yield f"held = {value(kind.held)}"
    yield ""


def _relation(kind: RelationKind) -> Iterator[str]:
    yield f"[relations.{_key(kind.key)}]"
    yield f"labels = {value(kind.labels)}"
    yield f"labels_back = {value(kind.labels_back)}"
    yield f"is_mutual = {value(kind.is_mutual)}"
    yield ""


def value(said: Any) -> str:
    """A value as TOML writes it, on one line."""
    if isinstance(said, bool):
        return "true" if said else "false"
    if isinstance(said, int | float | Decimal):
        return f"{said:f}" if isinstance(said, Decimal) else repr(said)
    if isinstance(said, Mapping):
        inside = ", ".join(f"{_key(name)} = {value(one)}" for name, one in said.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(said, list | tuple):
        return f"[{', '.join(map(value, said))}]"
    return _text(str(said))


def _key(name: str) -> str:
    return name if PLAIN_KEY.fullmatch(name) else _text(name)


def _text(said: str) -> str:
    return '"' + "".join(_escaped(sign) for sign in said) + '"'


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x20 or ord(sign) == 0x7F else sign
