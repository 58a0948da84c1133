"""Model fields of the house: Django apart, so that the arithmetic stays clean of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

from clientela.platform import cards

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


class ExactDecoder(json.JSONDecoder):
    """Reads decimals as Decimal, so that what was canonical stays so."""

    def __init__(self, **options: Any) -> None:
        super().__init__(parse_float=Decimal, **options)


class ExactEncoder(json.JSONEncoder):
    """Writes a Decimal as a plain JSON number of the same value."""

    def default(self, o: Any) -> Any:
        if isinstance(o, Decimal):
            return float(o)
        return super().default(o)


class AttributesField(models.JSONField):
    """A JSON object of canonical attributes; written through `customers.rules.as_json`."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("decoder", ExactDecoder)
        options.setdefault("encoder", ExactEncoder)
        super().__init__(**options)


class Words(_Text):
    """What people write in their own words: numbers of payment cards in it are never kept.

    Written by a statement of our own, words pass `cards.masked` before.
    """

    def deconstruct(self) -> Any:
        """The column is a plain text."""
        name, _path, positional, named = super().deconstruct()
        return name, "django.db.models.TextField", positional, named

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What is answered with is what is kept."""
        written = cards.masked_words(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, written)
        return written

    def get_prep_value(self, value: Any) -> Any:
        return cards.masked_words(super().get_prep_value(value))
