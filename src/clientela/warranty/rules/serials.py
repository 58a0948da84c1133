"""Serials that look alike to a person who types them: folded for a hint, never for an answer."""

from __future__ import annotations

_ALIKE = str.maketrans("OISB", "0158")


def folded(norm: str) -> str:
    """O and 0, I and 1, S and 5, B and 8 are one."""
    return norm.translate(_ALIKE)
