"""What is known of the workers and their queue."""

from __future__ import annotations

from datetime import datetime, timedelta

from clientela.platform import sql

SECONDS_MAX = 60


def worker_is_alive(*, now: datetime) -> bool:
    """Whether some worker was seen within the last minute."""
    row = sql.execute(
        "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > %s)",
        [now - timedelta(seconds=SECONDS_MAX)],
    )
    found = row.fetchone()
    return bool(found and found[0])
