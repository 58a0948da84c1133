"""Jobs that run a flow."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from clientela.events import actions as events
from clientela.flows import (
    jobs_of_habits,  # noqa: F401 (found with these)
    jobs_of_points,
)
from clientela.flows.while_away import AGAIN, DATABASE_AWAY
from clientela.imports import actions as imports
from clientela.imports.models import Batch
from clientela.platform import transactions
from clientela.platform.errors import Problem, Unexpected
from clientela.platform.http.actors import SYSTEM
from clientela.staff import company as companies
from clientela.staff import idempotency
from clientela.staff import queries as staff

DELIVERIES_DAYS = 30
OTHERS = (jobs_of_points,)  # found with these


@app.task(name="imports.check", queue="imports", retry=AGAIN)
def check_import(*, batch: str, actor: str) -> None:
    """Go through a file without writing; what is wrong with it as a whole is kept with it."""
    from clientela.flows import import_file  # a command that only queues does not load it

    _guarded(UUID(batch), actor, import_file.check)


@app.task(name="imports.run", queue="imports", retry=AGAIN)
def run_import(*, batch: str, actor: str) -> None:
    """Take a file in; run again after a kill it goes on behind its checkpoint."""
    from clientela.flows import import_file

    _guarded(UUID(batch), actor, import_file.run)


@app.task(name="matching.search", queue="imports", retry=AGAIN)
def search_duplicates(*, search: str, actor: str) -> None:
    """Compare all customers; a search that was killed begins anew."""
    from clientela.flows import search_duplicates as flow

    flow.run(UUID(search), actor=staff.actor_with_rights(actor), now=datetime.now(UTC))


@app.task(name="loyalty.try_rules", queue="imports", lock="loyalty.try_rules", retry=AGAIN)
def try_rules_on_past(*, trial: str) -> None:
    """Try draft rules on a long history; a trial that was killed begins anew."""
    from clientela.flows import try_rules as flow

    now = datetime.now(UTC)
    try:
        flow.run(UUID(trial), now=now)
    except DATABASE_AWAY:
        raise  # the job is run again
    except Exception:
        flow.fail(UUID(trial), fault="unexpected", now=now)
        raise


@app.task(name="matching.accept", queue="imports", lock="matching.accept", retry=AGAIN)
def accept_duplicates(*, acceptance: str, actor: str) -> None:
    """Merge what was accepted; a run that was killed goes on with what still waits."""
    from clientela.flows import accept_duplicates as flow

    flow.run(UUID(acceptance), actor=staff.actor_with_rights(actor), now=datetime.now(UTC))


@app.task(name="fields.carry_out_plan", queue="fields", retry=AGAIN)
def carry_out_plan(*, plan: str) -> None:
    """Check a change of a field over all customers, then make it, put it off or refuse it."""
    from clientela.flows.shapes import passes

    passes.carry_out(UUID(plan), now=datetime.now(UTC))


@app.task(name="fields.keep_indexes", queue="fields", lock="fields.keep_indexes", retry=AGAIN)
def keep_indexes() -> None:
    """Build the indexes of fields that became filterable, drop those of fields that are no more."""
    from clientela.flows.shapes import indexes

    indexes.keep_indexes(now=datetime.now(UTC))


@app.periodic(cron="41 * * * *")
@app.task(name="fields.sealed_hourly", queue="fields", pass_context=False, retry=AGAIN)
def keep_sealed_hourly(timestamp: int) -> None:
    """Take up what a dead worker left, and what was written while a field was marked."""
    keep_sealed.defer()


@app.task(name="fields.keep_sealed", queue="fields", lock="fields.keep_sealed", retry=AGAIN)
def keep_sealed() -> None:
    """Seal values of sensitive fields with the newest key, open those of fields that are not."""
    from clientela.flows import keep_sealed as flow

    flow.keep_sealed()


@app.periodic(cron="27 * * * *")
@app.task(name="fields.due", queue="fields", pass_context=False, retry=AGAIN)
def change_due_fields(timestamp: int) -> None:
    """Make changes of fields whose day has come; take up indexes that a dead worker left."""
    from clientela.flows.shapes import indexes, passes

    now = datetime.fromtimestamp(timestamp, UTC)
    passes.carry_out_due(now=now)
    indexes.keep_indexes(now=now)


@app.task(name="imports.undo", queue="imports", retry=AGAIN)
def undo_import(*, batch: str, actor: str) -> None:
    """Undo a file; run again after a kill it goes on with the piece that was in hand."""
    from clientela.flows import undo_import as undoing

    _guarded(UUID(batch), actor, undoing.undo)


@app.task(name="exports.carry_out", queue="exports", retry=AGAIN)
def carry_out_export(*, export: str, actor: str) -> None:
    """Write a file that somebody asked for; what stops it is kept with it."""
    from clientela.flows import export_records

    who = staff.actor_with_rights(actor)
    try:
        export_records.carry_out(UUID(export), actor=who, now=datetime.now(UTC))
    except DATABASE_AWAY:
        raise
    except Problem as refusal:
        export_records.failed(UUID(export), refusal)
    except Exception:
        export_records.failed(UUID(export), Unexpected())
        raise


@app.periodic(cron="37 * * * *")
@app.task(name="exports.end_old", queue="housekeeping", pass_context=False)
def end_old_exports(timestamp: int) -> None:
    """Take away files whose link is over."""
    from clientela.flows import export_records

    export_records.end_old(now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="* * * * *")
@app.task(
    name="customers.follow_activity", queue="housekeeping", pass_context=False, lock="activity"
)
def follow_activity(timestamp: int) -> None:
    """Take over from the log when each customer was last heard of."""
    from clientela.flows import follow_activity as flow

    flow.follow(now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="57 3 * * *")
@app.task(name="imports.forget_written", queue="housekeeping", pass_context=False)
def forget_written(timestamp: int) -> None:
    """Drop what undoing an import would need, and its file, once it is too late to be undone."""
    from clientela.flows import old_files

    now = datetime.fromtimestamp(timestamp, UTC)
    with transactions.open():
        imports.forget_written(now=now)
    old_files.end_old(now=now)


@app.periodic(cron="17 3 * * *")
@app.task(name="staff.forget_old_calls", queue="housekeeping", pass_context=False)
def forget_old_calls(timestamp: int) -> None:
    """Drop answers to Idempotency-Keys that are older than thirty days."""
    with transactions.open():
        idempotency.forget_old(now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="47 3 * * *")
@app.task(name="events.forget_deliveries", queue="housekeeping", pass_context=False)
def forget_deliveries(timestamp: int) -> None:
    """Drop what was sent to webhooks, or given up, more than thirty days ago."""
    now = datetime.fromtimestamp(timestamp, UTC)
    with transactions.open():
        events.forget_deliveries(before=now - timedelta(days=DELIVERIES_DAYS))


@app.periodic(cron="23 * * * *")
@app.task(name="backups.daily", queue="housekeeping", queueing_lock="backups.daily")
def back_up(timestamp: int) -> None:
    """Once a night, or as soon as a night was missed: back up, and prove that it restores."""
    from clientela.flows import backups

    backups.nightly(settings.HOME, now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="7 * * * *")
@app.task(name="loyalty.close_day", queue="housekeeping", pass_context=False, lock="loyalty.close")
def close_loyalty_day(timestamp: int) -> None:
    """End each day of points that is over; each hour, for each zone has its midnight."""
    from clientela.flows import close_loyalty_day as closing

    if companies.current().is_on("loyalty"):
        closing.close_loyalty_day(actor=SYSTEM, now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="37 2 * * *")
@app.task(name="loyalty.review_tiers", queue="housekeeping", pass_context=False)
def review_tiers(timestamp: int) -> None:
    """Decide standings whose time is over, and raise who reaches more."""
    from clientela.flows import review_tiers as reviewing

    if companies.current().is_on("loyalty"):
        reviewing.night(actor=SYSTEM, now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(name="loyalty.time_out", queue="housekeeping", pass_context=False)
def time_out_orders(timestamp: int) -> None:
    """Free the points of travel orders, and of orders elsewhere, that nobody answered in time."""
    from clientela.flows import hold_points, travel_orders

    if companies.current().is_on("loyalty"):
        now = datetime.fromtimestamp(timestamp, UTC)
        travel_orders.time_out_travel_orders(actor=SYSTEM, now=now)
        hold_points.time_out_holds(actor=SYSTEM, now=now)


@app.periodic(cron="37 4 * * *")
@app.task(name="privacy.nightly", queue="housekeeping", queueing_lock="privacy.nightly")
def keep_periods(timestamp: int) -> None:
    """Lift what has ended, erase what was only kept, delete what is older than its period."""
    from clientela.flows import erase_customer, fold_habits, keep_periods, limit_use
    from clientela.flows.erasing import listed

    now = datetime.fromtimestamp(timestamp, UTC)
    limit_use.lift_ended(now=now)
    fold_habits.resume_lifted(now=now)
    erase_customer.erase_what_was_kept(now=now)
    keep_periods.run(now=now)
    listed.keep()


@app.task(name="mail.send", queue="mail", retry=AGAIN)
def send_letter(*, letter: str) -> None:
    """Try a letter at once; what has to wait is taken up by `mail.send_waiting`."""
    from clientela.flows import send_letter as letters

    letters.send_letter(UUID(letter), now=datetime.now(UTC))


@app.periodic(cron="* * * * *")
@app.task(name="mail.send_waiting", queue="mail", lock="mail.send_waiting", retry=AGAIN)
def send_waiting(timestamp: int) -> None:
    """Try letters again whose time has come, and those a dead worker left behind."""
    from clientela.flows import send_letter as letters

    letters.send_waiting(now=datetime.now(UTC))


@app.periodic(cron="* * * * *")
@app.task(name="issues.tell_broken", queue="housekeeping", lock="issues.tell_broken", retry=AGAIN)
def tell_broken_promises(timestamp: int) -> None:
    """Say of each promise whose time has passed that it broke, once."""
    from clientela.flows import promise

    if companies.current().is_on("issues"):
        promise.tell_broken(now=datetime.now(UTC))


def queue_letter(letter_id: UUID) -> None:
    """Send a letter as soon as the transaction it is in stands."""
    send_letter.defer(letter=str(letter_id))


@app.periodic(cron="*/10 * * * *")
@app.task(name="calls.end_lost_conversations", queue="housekeeping", pass_context=False)
def end_lost_conversations(timestamp: int) -> None:
    """End conversations that nobody ended within four hours."""
    from clientela.flows import converse

    converse.sweep(now=datetime.fromtimestamp(timestamp, UTC))


@app.task(name="customers.bulk_check", queue="housekeeping", retry=AGAIN)
def check_bulk_change(*, change: str, actor: str) -> None:
    """Say what a change would do to everybody in its list."""
    from clientela.flows.lists import bulk

    _carry_out(bulk.check, change, actor)


@app.task(name="customers.bulk_run", queue="housekeeping", retry=AGAIN)
def run_bulk_change(*, change: str, actor: str) -> None:
    """Carry a change out; run again after a kill it goes on."""
    from clientela.flows.lists import bulk

    _carry_out(bulk.run, change, actor)


@app.task(name="customers.bulk_undo", queue="housekeeping", retry=AGAIN)
def undo_bulk_change(*, change: str, actor: str) -> None:
    """Put back what a change replaced, where nobody touched it since."""
    from clientela.flows.lists import bulk

    _carry_out(bulk.undo, change, actor)


@app.periodic(cron="11 4 * * *")
@app.task(name="customers.quality", queue="housekeeping", queueing_lock="customers.quality")
def count_quality(timestamp: int = 0) -> None:
    """How complete and valid the records are, and which words many share; each night, and when
    somebody asks.
    """
    from clientela.customers.searching import counts
    from clientela.flows.lists import quality

    with transactions.open():
        counts.count()
    quality.count_all(now=datetime.now(UTC))


def queue_quality() -> None:
    """Count anew as soon as a worker is free; asked twice it is counted once."""
    with contextlib.suppress(AlreadyEnqueued):
        count_quality.defer()


BULK_TASKS = {"check": check_bulk_change, "run": run_bulk_change, "undo": undo_bulk_change}


def queue_bulk_change(change_id: UUID, step: str, *, actor: str) -> None:
    """Steps of one change take turns; the job is queued with the transaction it is in."""
    task = BULK_TASKS[step].configure(lock=f"bulk:{change_id}")
    task.defer(change=str(change_id), actor=actor)


def _carry_out(step: Callable[..., object], change: str, actor: str) -> None:
    from clientela.flows.lists import bulk

    try:
        step(UUID(change), actor=staff.actor_with_rights(actor), now=datetime.now(UTC))
    except DATABASE_AWAY:
        raise  # the job is run again
    except Problem as refusal:
        bulk.fail(UUID(change), refusal)
    except Exception:
        bulk.fail(UUID(change), Unexpected())
        raise


def queue_import(batch: Batch, *, run: bool, actor: str) -> None:
    """Two imports of one source take turns; the job is queued with the transaction it is in."""
    task = run_import if run else check_import
    state = Batch.State.RUNNING if run else Batch.State.CHECKING
    with transactions.open():
        imports.move(batch.id, state)
        task.configure(lock=f"import:{batch.source}").defer(batch=str(batch.id), actor=actor)


def queue_export(export_id: UUID, *, actor: str) -> None:
    carry_out_export.defer(export=str(export_id), actor=actor)


def queue_undo(batch: Batch, *, actor: str, now: datetime) -> None:
    """The undo waits for other work on the same source; asked twice it is done once."""
    with transactions.open():
        imports.begin_undo(batch.id, now=now)
        undo_import.configure(lock=f"import:{batch.source}").defer(batch=str(batch.id), actor=actor)


def _guarded(batch: UUID, actor: str, step: Callable[..., Batch]) -> None:
    try:
        step(batch, actor=staff.actor_with_rights(actor), now=datetime.now(UTC))
    except DATABASE_AWAY:
        raise  # the job is run again
    except Problem as refusal:
        _failed(batch, refusal)
    except Exception:
        _failed(batch, Unexpected())
        raise


def _failed(batch: UUID, problem: Problem) -> None:
    """Whoever waits for this file is told; it would stand there as running for ever."""
    with transactions.open():
        imports.move(batch, Batch.State.FAILED, problem=problem.as_dict())
