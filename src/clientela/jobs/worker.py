"""The worker process: takes jobs from the database, and takes over what a dead one left."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from django.db import connections
from procrastinate import App
from procrastinate.connector import Notify
from procrastinate.contrib.django import app as blueprint
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status
from procrastinate.psycopg_connector import PsycopgConnector

log = logging.getLogger("clientela.worker")

JOBS_AT_ONCE = 2
POLL_SECONDS = 5.0
HEARTBEAT_SECONDS = 5.0
STALLED_AFTER_SECONDS = 15.0
LOOK_EVERY_SECONDS = 5.0
DRAIN_SECONDS_MAX = 25.0
PAUSE_SECONDS = 1.0
STOPPING = (signal.SIGTERM, signal.SIGINT)


def run() -> None:
    """Work until told to stop; a job in hand is finished within the time to drain.

    When the database is lost the worker begins anew: under another number, so that a job it did
    not finish counts as left behind.
    """
    while not asyncio.run(_live()):
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # the loop took it away
        log.warning("the worker lost the database and begins anew")
        time.sleep(PAUSE_SECONDS)


class _Connector(PsycopgConnector):
    """Says when the database is lost, which is noticed first where jobs are listened for."""

    lost: asyncio.Event

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        try:
            await super().listen_notify(on_notification, channels)
        except ConnectorException:
            self.lost.set()


async def _live() -> bool:
    """Work until told to stop, which is True, or until the database is lost."""
    told = asyncio.Event()
    try:
        await _until(told)
    except (ConnectorException, psycopg.OperationalError):
        log.debug("the database was lost", exc_info=True)
    return told.is_set()


async def _until(told: asyncio.Event) -> None:
    connector = _Connector(kwargs=connector_params())
    connector.lost = asyncio.Event()
    app = blueprint.with_connector(connector)
    async with app.open_async():
        for number in STOPPING:
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        working = asyncio.create_task(_work(app))
        others = [
            asyncio.create_task(waiting)
            for waiting in (_look_for_lost_jobs(app), told.wait(), connector.lost.wait())
        ]
        await asyncio.wait([working, *others], return_when=asyncio.FIRST_COMPLETED)
        for task in (working, *others):
            task.cancel()
        outcomes = await asyncio.gather(working, *others, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):  # being cancelled is none
            raise outcome


async def _work(app: App) -> None:
    """Take jobs. Cancelled, it finishes those in hand."""
    await app.run_worker_async(
        concurrency=JOBS_AT_ONCE,
        listen_notify=True,
        fetch_job_polling_interval=POLL_SECONDS,
        shutdown_graceful_timeout=DRAIN_SECONDS_MAX,
        delete_jobs="successful",
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=STALLED_AFTER_SECONDS,
        install_signal_handlers=False,
        task_middleware=[_with_a_connection_of_its_own],
    )


def _with_a_connection_of_its_own(job: Callable[[], Any], *_: object) -> Any:
    """No job is handed a connection that died under the one before."""
    try:
        return job()
    finally:
        connections.close_all()


async def _look_for_lost_jobs(app: App) -> None:
    while True:
        try:
            await take_over(app)
        except ConnectorException:
            log.exception("looking for lost jobs failed; trying on")
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def take_over(app: App) -> None:
    """Put jobs whose worker shows no life back into the queue; where another of the same kind waits
    there already, and one is enough, that one does the work.
    """
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    for job in stalled:
        log.warning("job %s lost its worker and is queued again", job.id)
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            await app.job_manager.finish_job(job, status=Status.ABORTED, delete_job=False)
