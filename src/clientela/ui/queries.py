"""Reads of what people like."""

from __future__ import annotations

from uuid import UUID

from clientela.ui.models import Preference


def preference_of(person_id: UUID) -> Preference:
    """What this person chose; what a new one starts with, where nothing is written down."""
    found = Preference.objects.filter(person_id=person_id).first()
    return found or Preference(person_id=person_id)
