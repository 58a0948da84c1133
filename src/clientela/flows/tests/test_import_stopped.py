"""An import that stopped, wherever that was, goes on behind its last checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from procrastinate.jobs import Job

from clientela.events.models import Event
from clientela.flows import import_file, jobs
from clientela.flows.register_customer import Details, register_customer
from clientela.flows.tests.conftest import NOW
from clientela.flows.verify import verify
from clientela.flows.while_away import AGAIN
from clientela.imports import actions as imports
from clientela.imports import queries
from clientela.imports.models import Batch, Row
from clientela.loyalty.models import Account
from clientela.platform.errors import InvalidInput, OutcomeUnknown, Unavailable
from clientela.platform.home import Home
from clientela.platform.http.actors import SYSTEM
from clientela.purchases.models import Purchase

ROWS = 95
REJECTED_EVERY = 10


class Killed(BaseException):
    """As kill -9 does: nobody catches it."""


@pytest.fixture
def batch(tmp_path: Path, settings: Any, latvian_company: None, small_batches: None) -> Batch:
    """A file of equal rows, some of them no good, received and not yet run."""
    settings.HOME = Home(tmp_path / "home").prepare()
    register_customer(Details(name="Anna", source="crm", external_id="4711"), actor=SYSTEM, now=NOW)
    amounts = ["x" if number % REJECTED_EVERY == 0 else "1.50" for number in range(ROWS)]
    lines = [f"4711,2026-11-20,{amount},EUR" for amount in amounts]
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(["customer,date,amount,currency", *lines, ""]), encoding="utf-8")
    return import_file.receive(
        path, kind="purchases", mapping_text="", source="crm", actor=SYSTEM, now=NOW
    )


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_file, "ROWS_AT_ONCE", 20)


def run(batch: Batch) -> Batch:
    return import_file.run(batch.id, actor=SYSTEM, now=NOW)


def stops_at(call: Callable[..., Any], *, number: int) -> Callable[..., Any]:
    """The call, which is killed after it was done for this time."""
    left = [number]

    def stopping(*args: Any, **kwargs: Any) -> Any:
        answer = call(*args, **kwargs)
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return answer

    return stopping


def is_whole(batch: Batch) -> bool:
    """Every row counted once, in the totals, in the record and in the points."""
    rejected = len(range(0, ROWS, REJECTED_EVERY))
    new = ROWS - rejected
    result = queries.get(batch.id).result
    return (
        (result["read"], result["new"], result["rejected"]) == (ROWS, new, rejected)
        and result["totals"]["EUR"]["taken_minor"] == 150 * new
        and Row.objects.filter(batch_id=batch.id).count() == rejected
        and Purchase.objects.count() == new
        and Account.objects.get().posted == new
        and Event.objects.filter(name="import.finished").count() == 1
        and not any(check.wrong for check in verify())
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "number"),
    [("locked", 1), ("locked", 4), ("keep_refused", 2), ("checkpoint", 1), ("checkpoint", 5),
     ("finish", 1)],
)  # fmt: skip
def test_an_import_killed_inside_a_transaction_goes_on(
    batch: Batch, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(imports, step, stops_at(getattr(imports, step), number=number))
        with pytest.raises(Killed):
            run(batch)
    assert run(batch).state == Batch.State.FINISHED
    assert is_whole(batch)


@pytest.mark.django_db
def test_a_finished_import_that_is_run_again_changes_nothing(batch: Batch) -> None:
    run(batch)
    run(batch)
    assert is_whole(batch)


@pytest.mark.django_db
@pytest.mark.parametrize("away", [OperationalError(), Unavailable(), OutcomeUnknown()])
def test_a_job_is_run_again_when_the_database_was_away(
    batch: Batch, monkeypatch: pytest.MonkeyPatch, away: Exception
) -> None:
    def fail(*_: Any, **__: Any) -> Batch:
        raise away

    monkeypatch.setattr(import_file, "run", fail)
    with pytest.raises(type(away)):
        jobs.run_import(batch=str(batch.id), actor=SYSTEM.id)
    job = Job(id=1, queue="imports", lock=None, queueing_lock=None, task_name="imports.run",
              attempts=50)  # fmt: skip
    assert AGAIN.get_retry_decision(exception=away, job=job) is not None
    assert AGAIN.get_retry_decision(exception=OSError(), job=job) is None
    assert queries.get(batch.id).state == Batch.State.UPLOADED


@pytest.mark.django_db
def test_a_job_whose_file_is_refused_is_over_and_says_why(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Batch:
        raise InvalidInput("This file is of no use.")

    monkeypatch.setattr(import_file, "run", refuse)
    jobs.run_import(batch=str(batch.id), actor=SYSTEM.id)
    failed = queries.get(batch.id)
    assert (failed.state, failed.problem["code"]) == (Batch.State.FAILED, "invalid-input")


@pytest.mark.django_db
def test_a_job_that_breaks_down_is_over_and_does_not_stand_as_running(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: Any, **__: Any) -> Batch:
        raise OSError("the disk is gone")

    monkeypatch.setattr(import_file, "run", break_down)
    with pytest.raises(OSError, match="the disk is gone"):
        jobs.run_import(batch=str(batch.id), actor=SYSTEM.id)
    assert queries.get(batch.id).state == Batch.State.FAILED
