"""Files that were taken in are kept as long as an import may be undone, and no longer."""

from __future__ import annotations

import shutil
from datetime import datetime

from django.conf import settings

from clientela.imports import actions as imports
from clientela.imports import queries
from clientela.platform import transactions


def end_old(*, now: datetime) -> int:
    """Remove files, with what stood in their refused rows, once they are worth nothing any more."""
    ended = 0
    for batch in queries.over(now=now):
        folder = settings.HOME.files / "imports" / batch.id.hex
        if batch.file.parent != folder or not folder.is_dir():
            continue
        with transactions.open():
            imports.forget_values([batch.id])
        shutil.rmtree(folder, ignore_errors=True)
        ended += 1
    return ended
