"""Signs of life of the workers."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """One worker process; a row older than a minute counts as gone."""

    worker = models.TextField(primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker
