"""Writing down what people like."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings

from clientela.platform.errors import InvalidInput
from clientela.platform.transactions import needs_transaction
from clientela.ui.models import Preference

CHOICES: Mapping[str, tuple[str, ...]] = {
    "theme": tuple(Preference.Theme.values),
    "density": tuple(Preference.Density.values),
    "language": ("", *dict(settings.LANGUAGES)),
}


@needs_transaction
def prefer(values: Mapping[str, str], *, person_id: UUID) -> None:
    """Remember the choices given; the others stay as they are."""
    for name, value in values.items():
        if value not in CHOICES.get(name, ()):
            raise InvalidInput("There is no such choice.", field=name)
    Preference.objects.update_or_create(person_id=person_id, defaults=dict(values))
