"""How much of a payment goes back with a return. No Django, no clock."""

from __future__ import annotations


def back(*, paid: int, total: int, returned: int, before: int) -> int:
    """What goes back now: in proportion to what has come back of the purchase in all, less what
    went back before; the last part gives exactly the rest.
    """
    if total <= 0 or returned >= total:
        return paid - before
    return max(0, paid * returned // total - before)
