"""Forms in which products and holdings are compared."""

from __future__ import annotations

from collections.abc import Mapping

from clientela.platform import text

CODE_LENGTH_MAX = 100
# In these a holding is not over; the others end it.
STATUSES = (
    "applied", "approved", "active", "dormant", "overpaid", "matured", "closed", "written_off",
)  # fmt: skip
OPEN = ("applied", "approved", "active", "dormant", "overpaid")


def code_norm(code: str) -> str:
    """Codes are compared without case and white space; marks and dashes count."""
    return "".join(text.clean(code).split()).casefold()


def number_norm(number: str) -> str:
    """Account numbers and serials: spaces and dashes dropped, upper case, leading zeros kept."""
    return "".join(sign for sign in text.clean(number).upper() if sign.isalnum())


def meaning(meanings: Mapping[tuple[str | None, str], str], *, kind: str, code: str) -> str | None:
    """The status a source's code stands for with this kind of product; None: nobody said.

    A code that is one of our statuses by itself needs no map, unless the source maps it.
    """
    norm = code_norm(code)
    found = meanings.get((kind, norm)) or meanings.get((None, norm))
    return found or (norm if norm in STATUSES else None)
