"""Reads of letters."""

from __future__ import annotations

from collections.abc import Iterable

from clientela.mail.models import OutgoingMail


def letters_for(causes: Iterable[str]) -> dict[str, OutgoingMail]:
    """The letter of each of these causes, where there is one."""
    listed = list(causes)
    letters = OutgoingMail.objects.filter(cause__in=listed).order_by("id") if listed else ()
    return {letter.cause: letter for letter in letters}
