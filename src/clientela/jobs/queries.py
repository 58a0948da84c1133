"""What is known of the workers."""

from __future__ import annotations

from datetime import datetime, timedelta

from clientela.jobs.models import Heartbeat

SECONDS_MAX = 60


def worker_is_alive(*, now: datetime) -> bool:
    """Whether some worker was seen within the last minute."""
    return Heartbeat.objects.filter(seen_at__gt=now - timedelta(seconds=SECONDS_MAX)).exists()
