"""What a customer usually does, as its panel says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clientela.console.customers.habits import weekdays


def worded(block: Mapping[str, Any]) -> dict[str, Any]:
    """The block of the profile, with the day of the week in words."""
    usual = block["usual"]
    if usual and usual["weekday"]:
        usual = {**usual, "weekday_words": weekdays()[usual["weekday"] - 1]}
    return {**block, "usual": usual}
