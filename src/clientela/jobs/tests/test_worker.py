"""What a dead worker left is taken over; what a living one does is left alone."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from procrastinate.contrib.django import app

from clientela.jobs import worker
from clientela.platform import sql

pytestmark = pytest.mark.django_db(transaction=True)


def a_job_of(worker_id: int | None) -> int:
    """A job that this worker has taken; None: its worker is gone and forgotten."""
    job = app.configure_task("imports.run", queue="imports").defer(
        batch=str(UUID(int=1)), actor="system"
    )
    sql.execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
        [worker_id, job],
    )
    return job


def a_worker(*, silent_seconds: float) -> int:
    row = sql.execute(
        "INSERT INTO procrastinate_workers (last_heartbeat)"
        " VALUES (now() - make_interval(secs => %s)) RETURNING id", [silent_seconds],
    ).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])


def state_of(job: int) -> str:
    row = sql.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job]).fetchone()
    assert row is not None
    return str(row[0])


def take_over() -> None:
    """In a thread of its own: a browser of other tests leaves its loop running in this one."""

    async def once() -> None:
        await worker.take_over(app)
        await sync_to_async(connections.close_all)()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, once()).result()


def test_a_job_whose_worker_shows_no_life_is_queued_again() -> None:
    job = a_job_of(a_worker(silent_seconds=worker.STALLED_AFTER_SECONDS + 1))
    take_over()
    assert state_of(job) == "todo"


def test_a_job_whose_worker_is_forgotten_is_queued_again() -> None:
    job = a_job_of(None)
    take_over()
    assert state_of(job) == "todo"


def test_a_lost_job_of_which_another_waits_already_holds_nothing_up() -> None:
    lost, other = a_job_of(None), a_job_of(None)
    kind = {"lock": "nightly", "lost": lost}
    sql.execute("UPDATE procrastinate_jobs SET queueing_lock = %(lock)s WHERE id = %(lost)s", kind)
    app.configure_task("imports.run", queue="imports", queueing_lock="nightly").defer(
        batch=str(UUID(int=2)), actor="system"
    )
    take_over()
    assert state_of(lost) == "aborted"
    assert state_of(other) == "todo"


def test_a_job_whose_worker_lives_is_left_to_it() -> None:
    job = a_job_of(a_worker(silent_seconds=worker.HEARTBEAT_SECONDS + 1))
    take_over()
    assert state_of(job) == "doing"


def test_a_dead_worker_is_noticed_well_within_a_minute() -> None:
    last_sign = worker.HEARTBEAT_SECONDS + worker.STALLED_AFTER_SECONDS
    assert last_sign + worker.LOOK_EVERY_SECONDS + worker.POLL_SECONDS <= 60
    assert worker.STALLED_AFTER_SECONDS >= 2 * worker.HEARTBEAT_SECONDS
