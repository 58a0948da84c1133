"""Forms in which products and holdings are compared."""

from __future__ import annotations

from clientela.platform import text

CODE_LENGTH_MAX = 100
# In these a holding is not over; the others end it.
OPEN = ("applied", "approved", "active", "dormant", "overpaid")


def code_norm(code: str) -> str:
    """Codes are compared without case and white space; marks and dashes count."""
    return "".join(text.clean(code).split()).casefold()


def number_norm(number: str) -> str:
    """Account numbers and serials: spaces and dashes dropped, upper case, leading zeros kept."""
    return "".join(sign for sign in text.clean(number).upper() if sign.isalnum())
