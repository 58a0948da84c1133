"""Jobs of the programme of points that follow the log and the calendar."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from clientela.flows.while_away import AGAIN
from clientela.platform.http.actors import SYSTEM
from clientela.staff import company as companies

DAYS_AT_MINUTE = 12
SLICES_MAX = 10_000


@app.periodic(cron="27 4 * * *")
@app.task(name="loyalty.settle_partners", queue="housekeeping", pass_context=False)
def settle_partners(timestamp: int) -> None:
    """Make the statements of the month that is over, for every partner that has none yet."""
    from clientela.flows import partner_statements as flow

    if companies.current().is_on("loyalty"):
        flow.settle_last_month(actor=SYSTEM, now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="32 2 * * *")
@app.task(name="loyalty.expire_cards", queue="housekeeping", pass_context=False)
def expire_cards(timestamp: int) -> None:
    """Take what is left on gift cards whose time is over, where the law lets them end."""
    from clientela.flows import gift_cards as flow

    if companies.current().is_on("loyalty"):
        flow.expire_cards(actor=SYSTEM, now=datetime.fromtimestamp(timestamp, UTC))


@app.periodic(cron="19 * * * *")
@app.task(name="loyalty.earn_late_hourly", queue="housekeeping", pass_context=False)
def earn_late_hourly(timestamp: int) -> None:
    """Take up what a dead worker left."""
    earn_late(since=timestamp)


@app.task(name="loyalty.earn_late", queue="housekeeping", lock="loyalty.earn_late", retry=AGAIN)
def earn_late(*, since: int) -> None:
    """Let purchases earn that waited for a rate of exchange, slice by slice."""
    from clientela.flows import record_rates as flow

    now = datetime.fromtimestamp(since, UTC)
    for _slice in range(SLICES_MAX):
        if not flow.earn_waiting(actor=SYSTEM, now=now).looked_at:
            return


@app.periodic(cron="* * * * *")
@app.task(
    name="loyalty.follow_happenings", queue="housekeeping", pass_context=False, lock="occasions"
)
def follow_happenings(timestamp: int) -> None:
    """Tell what happened in the house as events that may earn points; each hour also birthdays and
    anniversaries, for each zone begins its day at its own.
    """
    from clientela.flows import follow_happenings as flow

    now = datetime.fromtimestamp(timestamp, UTC)
    flow.follow(now=now)
    if now.minute == DAYS_AT_MINUTE:
        flow.tell_days(now=now)
