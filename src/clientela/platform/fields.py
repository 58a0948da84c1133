"""Model fields of the house: Django apart, so that the arithmetic stays clean of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.db import models


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
