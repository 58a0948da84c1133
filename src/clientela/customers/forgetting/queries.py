"""What a customer is and ever was called and known by, as erasing has to know it.

It asks nobody's sight: it is shown to nobody, it is what must be found wherever it was copied to.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from clientela.customers.models import Customer, ExternalId, FieldChange, Identity


def names_of(family: Sequence[UUID]) -> set[str]:
    """What they are called, and were called before."""
    records = list(family)
    names = set(Customer.objects.filter(id__in=records).values_list("display_name", flat=True))
    changes = FieldChange.objects.filter(customer_id__in=records, field="name")
    for old, new in changes.values_list("old", "new"):
        names |= {name for name in (old, new) if isinstance(name, str)}
    return names


def known_by(family: Sequence[UUID]) -> set[str]:
    """Their phones, e-mails and numbers as kept and as written, those that ended too, and what
    other systems call them.
    """
    records = list(family)
    identities = Identity.objects.filter(customer_id__in=records)
    foreign = ExternalId.objects.filter(customer_id__in=records)
    return {
        *identities.values_list("value_norm", flat=True),
        *identities.values_list("value_shown", flat=True),
        *foreign.values_list("external_id", flat=True),
    }
