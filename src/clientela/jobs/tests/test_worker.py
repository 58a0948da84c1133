"""What a dead worker left is taken over; what a living one does is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app

from clientela.jobs import worker
from clientela.platform import sql

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_loop")]


@pytest.fixture
def no_loop() -> Iterator[None]:
    """A browser of other tests leaves its loop marked as running in this thread."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


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


def test_a_job_whose_worker_shows_no_life_is_queued_again() -> None:
    job = a_job_of(a_worker(silent_seconds=worker.STALLED_AFTER_SECONDS + 1))
    async_to_sync(worker.take_over)(app)
    assert state_of(job) == "todo"


def test_a_job_whose_worker_is_forgotten_is_queued_again() -> None:
    job = a_job_of(None)
    async_to_sync(worker.take_over)(app)
    assert state_of(job) == "todo"


def test_a_job_whose_worker_lives_is_left_to_it() -> None:
    job = a_job_of(a_worker(silent_seconds=worker.HEARTBEAT_SECONDS + 1))
    async_to_sync(worker.take_over)(app)
    assert state_of(job) == "doing"


def test_a_dead_worker_is_noticed_well_within_a_minute() -> None:
    last_sign = worker.HEARTBEAT_SECONDS + worker.STALLED_AFTER_SECONDS
    assert last_sign + worker.LOOK_EVERY_SECONDS + worker.POLL_SECONDS <= 60
    assert worker.STALLED_AFTER_SECONDS >= 2 * worker.HEARTBEAT_SECONDS
