"""Jobs of the programme of points that follow the log and the calendar."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

DAYS_AT_MINUTE = 12


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
