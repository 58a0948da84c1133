"""How long each class of data is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from clientela.platform.errors import InvalidInput
from clientela.platform.http.actors import Actor
from clientela.platform.transactions import needs_transaction
from clientela.privacy.models.periods import Period, PeriodRun
from clientela.privacy.words import CLASSES

MONTHS_MAX = 1_200
SHIPPED: Mapping[str, int] = {
    "access": 36, "behaviour": 24, "communication": 36, "former": 120, "changes": 36,
}  # fmt: skip
"""What an installation begins with, months by class; all switched off."""


@dataclass(frozen=True, slots=True)
class NewPeriod:
    data_class: str
    months: int
    ground: str = ""
    receivers: str = ""
    is_on: bool = False


@needs_transaction
def keep_for(new: NewPeriod, *, actor: Actor, now: datetime) -> Period:
    if new.data_class not in CLASSES:
        raise InvalidInput(
            _("Use %(classes)s.") % {"classes": ", ".join(CLASSES)}, field="data_class"
        )
    if not 1 <= new.months <= MONTHS_MAX:
        raise InvalidInput(_("Use 1 to %(max)d months.") % {"max": MONTHS_MAX}, field="months")
    if new.is_on and not new.ground.strip():
        raise InvalidInput(
            _("Say on what ground it is kept so long before it runs."), field="ground"
        )
    period, _made = Period.objects.update_or_create(
        data_class=new.data_class,
        defaults={"months": new.months, "ground": new.ground, "receivers": new.receivers,
                  "is_on": new.is_on, "changed_by": actor.id, "changed_at": now},
    )  # fmt: skip
    return period


@needs_transaction
def ship(*, actor: Actor, now: datetime) -> None:
    """The periods an installation begins with; what people have changed stays."""
    Period.objects.bulk_create(
        (
            Period(data_class=key, months=months, changed_by=actor.id, changed_at=now)
            for key, months in SHIPPED.items()
        ),
        ignore_conflicts=True,
    )


@needs_transaction
def note_run(reached: Mapping[str, int], *, now: datetime) -> PeriodRun:
    return PeriodRun.objects.create(ran_at=now, reached=dict(reached))
