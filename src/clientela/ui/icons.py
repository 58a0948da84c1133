"""Which symbol stands for what. All symbols are in one sprite, built from `icons.txt`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FALLBACK = "circle-dot"
HAPPENINGS = {
    "customer": "user",
    "identity": "id",
    "address": "mail",
    "relation": "users",
    "household": "home",
    "note": "note",
    "task": "clipboard-list",
    "tag": "hash",
    "file": "clipboard-text",
    "holding": "package",
    "purchase": "shopping-cart",
    "habit": "history",
    "return": "arrow-back-up",
    "points": "star",
    "call": "phone",
    "conversation": "headset",
    "coupon": "ticket",
    "cash_out": "wallet",
    "travel_order": "plane",
    "tier": "trophy",
    "issue": "lifebuoy",
    "promise": "flag",
    "review": "clipboard-list",
    "mail": "mail",
    "unit": "shield-check",
    "policy": "shield-check",
    "claim": "clipboard-text",
    "flag": "alert-triangle",
    "need": "info-circle",
    "offer": "star",
    "lead": "repeat",
    "import": "file-import",
    "person": "user",
    "key": "key",
    "setting": "settings",
}
IDENTITIES = {
    "phone": "phone",
    "email": "mail",
    "account": "building-bank",
    "card": "credit-card",
    "national-id": "id",
    "login": "key",
    "device": "device-mobile",
}


@cache
def in_sprite() -> frozenset[str]:
    listed = (Path(__file__).parent / "icons.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in listed if (name := line.partition("#")[0].strip()))


def known(name: str) -> str:
    """The name itself, or one that the sprite has."""
    return name if name in in_sprite() else FALLBACK


def of_happening(name: str) -> str:
    """`purchase.returned` -> the symbol of purchases; a return has its own."""
    noun, _, verb = name.partition(".")
    return HAPPENINGS["return"] if verb == "returned" else HAPPENINGS.get(noun, FALLBACK)


def of_identity(kind: str) -> str:
    return IDENTITIES.get(kind, "hash")
