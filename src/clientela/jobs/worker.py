"""The worker process: takes jobs from the database, and takes over what a dead one left."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from procrastinate import App
from procrastinate.contrib.django import app as blueprint

log = logging.getLogger("clientela.worker")

JOBS_AT_ONCE = 2
STALLED_AFTER_SECONDS = 30.0
LOOK_EVERY_SECONDS = 10.0
DRAIN_SECONDS_MAX = 25.0


def run() -> None:
    """Work until told to stop; a job in hand is finished within the time to drain."""
    asyncio.run(_work())


async def _work() -> None:
    app = blueprint.with_connector(blueprint.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with app.open_async():
        rescue = asyncio.create_task(_take_over(app))
        try:
            await app.run_worker_async(
                concurrency=JOBS_AT_ONCE,
                listen_notify=True,
                fetch_job_polling_interval=5.0,
                shutdown_graceful_timeout=DRAIN_SECONDS_MAX,
                delete_jobs="successful",
                stalled_worker_timeout=STALLED_AFTER_SECONDS,
            )
        finally:
            rescue.cancel()
            with suppress(asyncio.CancelledError):
                await rescue


async def _take_over(app: App) -> None:
    """Put jobs whose worker shows no life back into the queue."""
    while True:
        try:
            stalled = await app.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=STALLED_AFTER_SECONDS
            )
            for job in stalled:
                log.warning("job %s lost its worker and is queued again", job.id)
                await app.job_manager.retry_job(job)
        except Exception:
            log.exception("looking for lost jobs failed; trying on")
        await asyncio.sleep(LOOK_EVERY_SECONDS)
