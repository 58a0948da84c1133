"""All rights there are, as the apps declare them, and the roles a new installation has."""

from __future__ import annotations

from functools import cache

from clientela.platform.declare import Right, house
from clientela.platform.http.actors import ALL

ADMINISTRATOR = "administrator"

# Each is editable in the console afterwards.
SHIPPED_ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "agent": (
        "Agent",
        (
            "customers.view",
            "privacy.view",
            "privacy.record",
            "customers.edit",
            "products.view",
            "purchases.view",
            "calls.view",
            "calls.serve",
            "loyalty.view",
            "loyalty.redeem",
            "loyalty.adjust",
            "mail.view",
            "issues.view",
            "issues.answer",
            "retention.view",
            "retention.serve",
            "warranty.view",
            "warranty.claim",
            "warranty.sell",
            "notes.view",
            "notes.write",
        ),
    ),
    "warranty-desk": (
        "Warranty desk",
        (
            "customers.view",
            "products.view",
            "purchases.view",
            "warranty.view",
            "warranty.claim",
            "warranty.decide",
            "warranty.sell",
            "notes.view",
            "notes.write",
        ),
    ),
    "marketer": (
        "Marketer",
        (
            "customers.view",
            "privacy.view",
            "products.view",
            "purchases.view",
            "loyalty.view",
            "loyalty.configure",
            "loyalty.publish",
            "retention.view",
            "retention.configure",
            "warranty.view",
            "notes.view",
        ),
    ),
    "privacy-officer": (
        "Privacy officer",
        (
            "customers.view",
            "customers.audit",
            "customers.see_restricted",
            "privacy.view",
            "privacy.record",
            "privacy.decide",
            "privacy.configure",
            "products.view",
            "purchases.view",
            "calls.view",
            "loyalty.view",
            "mail.view",
            "retention.view",
            "warranty.view",
        ),
    ),
    "manager": (
        "Manager",
        (
            "customers.view",
            "privacy.view",
            "privacy.record",
            "customers.edit",
            "customers.define",
            "customers.merge",
            "customers.bulk_change",
            "customers.quality",
            "customers.import",
            "customers.export",
            "customers.undo_import",
            "customers.assign",
            "customers.audit",
            "products.view",
            "products.edit",
            "purchases.view",
            "calls.view",
            "calls.serve",
            "loyalty.view",
            "loyalty.redeem",
            "loyalty.configure",
            "loyalty.publish",
            "loyalty.adjust",
            "loyalty.decide_adjustment",
            "loyalty.record_events",
            "loyalty.decide_cash_out",
            "loyalty.handle_travel",
            "loyalty.see_books",
            "loyalty.close_books",
            "mail.view",
            "issues.view",
            "issues.answer",
            "issues.release_promise",
            "issues.configure",
            "retention.view",
            "retention.serve",
            "retention.configure",
            "warranty.view",
            "warranty.claim",
            "warranty.decide",
            "warranty.sell",
            "notes.view",
            "notes.write",
        ),
    ),
    "developer": (
        "Developer",
        (
            "customers.view",
            "privacy.view",
            "privacy.record",
            "customers.edit",
            "customers.define",
            "customers.import",
            "products.view",
            "products.edit",
            "purchases.view",
            "purchases.write",
            "loyalty.view",
            "loyalty.record_events",
            "mail.view",
            "issues.view",
            "issues.answer",
            "events.subscribe",
            "retention.view",
            "retention.serve",
            "retention.configure",
            "warranty.view",
            "warranty.claim",
            "warranty.sell",
            "warranty.configure",
            "staff.configure",
            "notes.view",
            "notes.write",
        ),
    ),
    ADMINISTRATOR: ("Administrator", (ALL,)),
}


@cache
def declared() -> tuple[Right, ...]:
    """Every right with its sentence, in the order of the storeys."""
    return tuple(right for app in house() for right in app.rights)


def known() -> frozenset[str]:
    return frozenset(right.key for right in declared())


def sentence_of(key: str) -> str:
    """What a right allows; nothing for one that no app declares."""
    return next((str(right.sentence) for right in declared() if right.key == key), "")
