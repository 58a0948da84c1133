"""A panel as a page shows it: loads alone, fails alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Panel:
    """`name` is its `data-ui`; `block` what the profile answered for it.

    At most one of the others is set: `error` (a problem as a mapping, with `detail` and perhaps
    `request_id`), `right` (the one that is missing), `waiting`. `again` is the address that answers
    this panel alone.
    """

    name: str
    block: Any = None
    error: Mapping[str, Any] | None = None
    right: str = ""
    waiting: bool = False
    again: str = ""

    @property
    def state(self) -> str:
        if self.right:
            return "no-right"
        if self.error:
            return "panel-error"
        if self.waiting:
            return "skeleton"
        return "filled" if has_something(self.block) else "empty"


def has_something(block: Any) -> bool:
    """A mapping of lists is empty when all of them are."""
    return any(block.values()) if isinstance(block, Mapping) else bool(block)


def panel(name: str, block: Any, *, again: str = "") -> Panel:
    """Take a block of the profile as it came; `{"error": …}` is a panel that failed."""
    if isinstance(block, Mapping) and "error" in block:
        return Panel(name=name, error=block["error"], again=again)
    return Panel(name=name, block=block, again=again)
