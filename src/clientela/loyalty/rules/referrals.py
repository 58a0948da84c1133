"""When a referral is paid: {} never; {"on": "sign_up"}, or on the friend's first or every purchase,
of at least so much: {"on": "first_purchase", "minor": 2000, "currency": "EUR"}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ON = ("sign_up", "first_purchase", "every_purchase")
MINOR_MAX = 10**12


class BadTerms(ValueError):
    """`args[0]` names the member that cannot be used."""


@dataclass(frozen=True, slots=True)
class Terms:
    on: str = ""
    minor: int = 0
    currency: str = ""

    @property
    def asks_purchase(self) -> bool:
        return self.on in ("first_purchase", "every_purchase")

    def met_by(self, minor: int, currency: str) -> bool:
        """Whether what is left of a purchase is enough; nothing never is."""
        if minor <= 0 or not self.asks_purchase:
            return False
        return not self.minor or (currency == self.currency and minor >= self.minor)


def read(body: Mapping[str, Any]) -> Terms:
    if unknown := set(body) - {"on", "minor", "currency"}:
        raise BadTerms(min(unknown))
    if not body:
        return Terms()
    minor = body.get("minor", 0)
    if body.get("on") not in ON:
        raise BadTerms("on")
    if isinstance(minor, bool) or not isinstance(minor, int) or not 0 <= minor <= MINOR_MAX:
        raise BadTerms("minor")
    if minor and not isinstance(body.get("currency"), str):
        raise BadTerms("currency")
    return Terms(body["on"], minor, body.get("currency", ""))
