"""Public ids in addresses: `/customers/cus_…`, `/imports/imp_…`. Anything else is not there."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.urls import register_converter

from clientela.platform import ids
from clientela.platform.errors import NotThere


class PublicId:
    """A public id in an address, a uuid in a view."""

    prefix: ClassVar[str]
    regex: ClassVar[str]

    def to_python(self, value: str) -> UUID:
        return ids.parse(self.prefix, value)

    def to_url(self, value: UUID | str) -> str:
        return ids.public(self.prefix, value) if isinstance(value, UUID) else value


class PostingId:
    """Postings are numbered: `pos_4711`."""

    regex = "pos_[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value.removeprefix("pos_"))

    def to_url(self, value: int | str) -> str:
        return f"pos_{value}" if isinstance(value, int) else value


def register() -> None:
    """Make the converters of public ids, and that of postings, known."""
    prefixes = ("cus", "imp", "exp", "per", "key", "cal", "con", "lin", "whk", "dlv", "prm", "pln")
    for prefix in prefixes:
        _register(prefix)
    register_converter(PostingId, "pos")
    for prefix in ("lst", "chg"):
        _register(prefix)
    for prefix in ("red", "rew", "csh", "trv", "ben", "gft", "prp", "flg", "nds", "lea", "prt",
                   "pay", "pst", "hld"):  # fmt: skip
        _register(prefix)
    for prefix in (
        "idn",
        "adr",
        "rel",
        "hou",
        "mem",
        "not",
        "tsk",
        "fil",
        "hol",
        "pur",
        "prd",
        "stm",
    ):
        _register(prefix)
    for prefix in ("lot", "poo", "pom", "tri"):
        _register(prefix)
    for prefix in ("dup", "mrg", "rst", "prq", "adj", "pse"):
        _register(prefix)


def readable_id(prefix: str, public: str) -> UUID:
    """An id out of the query of an address; what is none is not there."""
    try:
        return ids.parse(prefix, public)
    except ValueError:
        raise NotThere from None


def _register(prefix: str) -> None:
    shape = f"{prefix}_[{ids.DIGITS}]{{{ids.LENGTH}}}"
    kind = type(prefix.title(), (PublicId,), {"prefix": prefix, "regex": shape})
    register_converter(kind, prefix)
