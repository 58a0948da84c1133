"""Keeping what was counted, and which values break a rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from clientela.customers.quality.models import Flaw, QualityFigure
from clientela.platform.transactions import needs_transaction


@needs_transaction
def keep(figures: Sequence[QualityFigure]) -> None:
    """All figures anew; those of fields and types that are gone go."""
    QualityFigure.objects.all().delete()
    QualityFigure.objects.bulk_create(figures, batch_size=1_000)


@needs_transaction
def keep_flaws(
    looked_at: Sequence[UUID], flaws: Sequence[tuple[UUID, str, str]], *, now: datetime
) -> None:
    """What is wrong with these customers now; what was wrong and is mended goes."""
    Flaw.objects.filter(customer_id__in=looked_at).delete()
    Flaw.objects.bulk_create(
        (Flaw(customer_id=id, field=field, code=code, found_at=now) for id, field, code in flaws),
        batch_size=1_000,
    )
